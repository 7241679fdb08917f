#pragma once

#include <string>

#include "base/result.hpp"
#include "base/unique_fd.hpp"

namespace runnel {

/// `--lock`: keeps other runs with the same file away while this lives (flock). The system lets go
/// of it however the process ends. The file stays.
class RunLock {
public:
    RunLock() = default;

    /// Takes the lock of \a file, which is made if it is not there; nothing when the name is empty.
    /// False: another run holds it. Fails with ErrorClass::BadInput when the file cannot be opened.
    [[nodiscard]] Result<bool> take(const std::string& file);

private:
    UniqueFd file_;
};

}  // namespace runnel
