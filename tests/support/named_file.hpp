#pragma once

#include <gtest/gtest.h>
#include <stdlib.h>
#include <unistd.h>

#include <fstream>
#include <string>
#include <string_view>

#include "base/ensure.hpp"
#include "base/unique_fd.hpp"

namespace runnel::test {

/// A temporary file with a name, removed by the destructor.
class NamedFile {
public:
    explicit NamedFile(std::string_view content) : path_(::testing::TempDir() + "runnel.XXXXXX") {
        const UniqueFd made(::mkstemp(path_.data()));
        RUNNEL_ENSURE(made, "mkstemp");
        std::ofstream(path_, std::ios::binary) << content;
    }
    NamedFile(const NamedFile&) = delete;
    NamedFile& operator=(const NamedFile&) = delete;
    ~NamedFile() { ::unlink(path_.c_str()); }

    [[nodiscard]] const std::string& path() const noexcept { return path_; }

private:
    std::string path_;
};

}  // namespace runnel::test
