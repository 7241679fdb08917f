#pragma once

#include <optional>
#include <string>

#include "app/cli/option_set.hpp"
#include "app/console/color.hpp"
#include "app/console/log_options.hpp"

namespace runnel {

/// The options that every command takes, before or after its name.
struct GlobalOptions {
    int verbosity = 0;
    bool quiet = false;
    LogFormat log_format = LogFormat::Text;
    std::string log_file;  ///< Empty: stderr.
    Color color = Color::Auto;
    bool debug_loop = false;            ///< Turns debugging on, for the process (async/debug.hpp).
    std::optional<std::string> config;  ///< The configuration file, if one is named.

    [[nodiscard]] LogLevel level() const;
};

/// Adds them to \a set, which fills \a options in while it parses. Both must live until then.
void describe_globals(OptionSet& set, GlobalOptions& options);

/// What `--version` prints.
[[nodiscard]] std::string version_text();

}  // namespace runnel
