#pragma once

#include <string>
#include <utility>

#include "base/result.hpp"
#include "base/unique_fd.hpp"

namespace runnel {

/// A lock that one run can hold at a time (flock). It is released when this is destroyed, or when
/// the process ends in any way. The file is not removed.
class LockFile {
public:
    /// \a option is the option that names the file, for messages.
    explicit LockFile(std::string option = "--lock") : option_(std::move(option)) {}

    /// Takes the lock of \a file, which is created if it is missing; true if the name is empty.
    /// Returns false if another run holds the lock. Fails with ErrorClass::BadInput if the file
    /// cannot be opened.
    [[nodiscard]] Result<bool> take(const std::string& file);
    /// Makes the program that replaces this process keep the lock, and its children.
    void outlive_exec() noexcept;

private:
    std::string option_;
    UniqueFd file_;
};

}  // namespace runnel
