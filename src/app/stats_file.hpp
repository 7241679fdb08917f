#pragma once

#include <string>
#include <string_view>

#include "base/result.hpp"
#include "base/unique_fd.hpp"

namespace runnel {

/// The file of `--stats`: opened before anything starts, so that a wrong name is told in time, and
/// written at the end.
class StatsFile {
public:
    /// No \a name, no file. Fails with ErrorClass::Sink.
    [[nodiscard]] Result<void> open(const std::string& name);
    [[nodiscard]] bool wanted() const noexcept { return static_cast<bool>(file_); }
    /// Fails with ErrorClass::Sink.
    [[nodiscard]] Result<void> write(std::string_view text);

private:
    std::string name_;
    UniqueFd file_;
};

}  // namespace runnel
