#pragma once

#include <string>
#include <vector>

#include "app/console/exit_status.hpp"
#include "base/result.hpp"

namespace runnel {

/// Why become() would fail, as far as one can tell: the command of \a words is not there, or may
/// not be executed. Fails as that does.
[[nodiscard]] Result<void> find_command(const std::vector<std::string>& words);

/// Becomes the command \a words, found along PATH (execvp): with our standard descriptors and
/// environment, and with signals as they are by default. Returns only when that fails: with
/// ErrorClass::Sink and errno.
[[nodiscard]] Error exec_command(const std::vector<std::string>& words);

/// The exit status for a command that cannot be run. As in a shell: 127 if it was not found, 126 if
/// it cannot be executed; 123 for any other failure.
[[nodiscard]] ExitStatus status_of_command(const Error& failure) noexcept;

}  // namespace runnel
