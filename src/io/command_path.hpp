#pragma once

#include <string>

#include "io/process_options.hpp"

namespace runnel::detail {

/// The file of the command of \a options, found as execvp() finds it: a name with a slash is that
/// file; another is looked for in the PATH of \a variables, which are the child's, up to a null
/// pointer. Relative to the child's working directory. Empty: it is not there, and \a error says
/// why: ENOENT, EACCES when it may not be executed, or what is wrong with a name with a slash.
[[nodiscard]] std::string command_path(const ProcessOptions& options, char* const* variables,
                                       int& error);

}  // namespace runnel::detail
