#pragma once

#include <string>

#include "app/cli/option_set.hpp"
#include "app/console/log.hpp"
#include "base/deadline.hpp"

namespace runnel {

/// Options of `runnel mock`, as parsed.
struct MockOptions {
    std::string routes;  ///< A file; `-` is stdin; empty: the built-in routes.
    std::string listen = "127.0.0.1:0";
    bool demo = false;
};

/// Describes the command to \a command, which fills \a options in while it parses. Both must live
/// until then.
void describe_mock(OptionSet& set, MockOptions& options);

/// Serves until a signal arrives or the reader of stdout, which gets the address, has exited.
/// Returns the exit status.
[[nodiscard]] int run_mock(const MockOptions& options, Log& log, TimePoint started);

}  // namespace runnel
