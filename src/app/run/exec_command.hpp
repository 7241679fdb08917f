#pragma once

#include <string>
#include <vector>

#include "app/console/exit_status.hpp"
#include "base/result.hpp"

namespace runnel {

/// Checks that the command \a words exists and is executable. Fails as exec_command() would.
[[nodiscard]] Result<void> find_command(const std::vector<std::string>& words);

/// Replaces the process by the command \a words, found along PATH (execvp). It gets the standard
/// descriptors and environment, and the default signal handlers. Returns only on failure, with
/// ErrorClass::Sink and errno.
[[nodiscard]] Error exec_command(const std::vector<std::string>& words);

/// Returns the exit status for a command that cannot be run. As in a shell, 127 if it was not
/// found, 126 if it is not executable; else 123.
[[nodiscard]] ExitStatus status_of_command(const Error& failure) noexcept;

}  // namespace runnel
