#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "app/cli/command.hpp"
#include "app/cli/global_options.hpp"

namespace runnel {

/// What the command line asks for.
struct CommandLine {
    std::string text;     ///< Help or versions, to be printed instead of a run; may be empty.
    std::string refusal;  ///< The usage error in two lines: what is wrong, which help there is.
    GlobalOptions globals;
    std::unique_ptr<Command> command;  ///< Null if not known, or if there is a text.
};

/// Parses \a arguments, `[GLOBAL] COMMAND [OPTIONS] [ARGS]` without the program's name, with what
/// the variables of \a environment (like `environ`) and the file of `--config` add to them. Of an
/// option that is set in several places the command line counts, then the environment, then the
/// file. After a usage error nothing has been done.
/// Only the options of the chosen command are described, and those of commands that have settings.
[[nodiscard]] CommandLine parse_command_line(std::span<const CommandEntry> commands,
                                             std::vector<std::string> arguments,
                                             const char* const* environment);

}  // namespace runnel
