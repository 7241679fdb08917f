#pragma once

#include <stdlib.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>
#include <vector>

#include "base/ensure.hpp"

namespace runnel::test {

/// A temporary folder, empty at first, removed by the destructor.
class TemporaryFolder {
public:
    TemporaryFolder() : path_(std::filesystem::temp_directory_path() / "runnel.XXXXXX") {
        std::string name = path_;
        RUNNEL_ENSURE(::mkdtemp(name.data()) != nullptr, "mkdtemp");
        path_ = name;
    }
    TemporaryFolder(const TemporaryFolder&) = delete;
    TemporaryFolder& operator=(const TemporaryFolder&) = delete;
    ~TemporaryFolder() { std::filesystem::remove_all(path_); }

    [[nodiscard]] const std::string& path() const noexcept { return path_.native(); }
    [[nodiscard]] std::string path(std::string_view below) const { return path_ / below; }

    /// Writes a file and creates its parent folders.
    void put(std::string_view below, std::string_view content) const {
        std::filesystem::create_directories((path_ / below).parent_path());
        std::ofstream(path_ / below, std::ios::binary) << content;
    }
    /// Returns the content of a file.
    [[nodiscard]] std::string get(std::string_view below) const {
        std::ifstream file(path_ / below, std::ios::binary);
        RUNNEL_ENSURE(file.is_open(), "the file does not exist");
        return std::string(std::istreambuf_iterator<char>(file), {});
    }
    /// Returns the paths of everything in it, sorted; folders end with a slash.
    [[nodiscard]] std::vector<std::string> list() const {
        std::vector<std::string> all;
        for (const auto& entry : std::filesystem::recursive_directory_iterator(path_)) {
            const std::string below = entry.path().lexically_relative(path_);
            all.push_back(entry.is_directory() && !entry.is_symlink() ? below + '/' : below);
        }
        std::sort(all.begin(), all.end());
        return all;
    }

private:
    std::filesystem::path path_;
};

}  // namespace runnel::test
