#pragma once

#include <span>
#include <string>

#include "app/cli/command.hpp"
#include "app/cli/option_set.hpp"

namespace runnel {

/// The help of the program: the commands and the global options of \a globals. At most 80 columns.
[[nodiscard]] std::string overview(std::span<const CommandEntry> commands,
                                   const OptionSet& globals);

/// The help of one command: usage, examples, options by group. At most 80 columns.
[[nodiscard]] std::string command_help(const CommandEntry& entry, const OptionSet& options);

/// The table of options of one command as a JSON object, with the long texts: the source of the
/// manual pages and of the tables in docs/cli.md.
[[nodiscard]] std::string command_table(const CommandEntry& entry, const OptionSet& options);

}  // namespace runnel
