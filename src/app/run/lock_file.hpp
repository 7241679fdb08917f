#pragma once

#include <string>
#include <utility>

#include "base/result.hpp"
#include "base/unique_fd.hpp"

namespace runnel {

/// Keeps other runs with the same file away while this lives (flock). The system lets go of it
/// however the process ends. The file stays.
class LockFile {
public:
    /// \a option names the file: for messages.
    explicit LockFile(std::string option = "--lock") : option_(std::move(option)) {}

    /// Takes the lock of \a file, which is made if it is not there; nothing when the name is empty.
    /// False: another run holds it. Fails with ErrorClass::BadInput when the file cannot be opened.
    [[nodiscard]] Result<bool> take(const std::string& file);
    /// The program that this process becomes holds it, too, and whatever that starts.
    void outlive_exec() noexcept;

private:
    std::string option_;
    UniqueFd file_;
};

}  // namespace runnel
