#pragma once

#include <string>
#include <vector>

#include "app/cli/option_set.hpp"
#include "app/console/log.hpp"
#include "app/race/race_options.hpp"
#include "service/provider.hpp"

namespace runnel {

/// What `runnel ip` was asked to do.
struct IpOptions {
    RaceOptions race;
    std::string providers;  ///< A file; `-`: stdin; empty: the built-in ones.
    bool list_providers = false;
    bool allow_private = false;
};

/// Describes the command to \a command, which fills \a options in while it parses. Both must live
/// until then.
void describe_ip(OptionSet& set, IpOptions& options);

/// The command: a race between providers. Gives the exit status.
[[nodiscard]] int run_ip(const IpOptions& given, Log& log, TimePoint started);

/// What an answer has to be: an address of the wanted family, and a public one unless something
/// else is asked for.
[[nodiscard]] std::vector<Validator> address_validators(const IpOptions& options);

}  // namespace runnel
