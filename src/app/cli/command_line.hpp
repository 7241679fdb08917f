#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "app/cli/command.hpp"
#include "app/cli/global_options.hpp"
#include "base/result.hpp"

namespace runnel {

/// What the command line asks for.
struct CommandLine {
    std::string text;  ///< Help or versions, to be printed; else empty.
    GlobalOptions globals;
    std::unique_ptr<Command> command;  ///< Null: print the text.
};

/// Understands \a arguments, `[GLOBAL] COMMAND [OPTIONS] [ARGS]` without the program's name, with
/// what the variables of \a environment (as `environ`) and the file of `--config` add to them. Of
/// an option that is given in several places the command line counts, then the environment, then
/// the file. An error is one of usage, told in two lines: what is wrong, and which help there is.
/// Nothing has been done then.
/// Only the options of the command that is asked for are described, and those of commands that
/// have settings.
[[nodiscard]] Result<CommandLine> parse_command_line(std::span<const CommandEntry> commands,
                                                     std::vector<std::string> arguments,
                                                     const char* const* environment);

}  // namespace runnel
