#pragma once

#include <string>

#include "io/process_options.hpp"

namespace runnel::detail {

/// Finds the file of the command of \a options as execvp() does: a name with a slash is the file;
/// any other is searched in the PATH of \a variables, the child's environment, which ends with a
/// null pointer. The result is relative to the child's working directory. Returns an empty string
/// and sets \a error if there is no such file: to ENOENT, EACCES if it cannot be executed, or the
/// errno for a name with a slash.
[[nodiscard]] std::string command_path(const ProcessOptions& options, char* const* variables,
                                       int& error);

}  // namespace runnel::detail
