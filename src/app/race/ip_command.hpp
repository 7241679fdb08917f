#pragma once

#include <string>
#include <vector>

#include "app/cli/option_set.hpp"
#include "app/race/race_options.hpp"
#include "service/provider.hpp"

namespace runnel {

class Log;

/// The options of `runnel ip`, as parsed.
struct IpOptions {
    RaceOptions race;
    std::string providers;  ///< A file; `-` means stdin, empty means the built-in ones.
    bool list_providers = false;
    bool allow_private = false;
    std::vector<std::string> cmd;
};

/// Adds the options of `ip` to \a set, which stores into \a options while it parses. Both must live
/// until then.
void describe_ip(OptionSet& set, IpOptions& options);

/// Runs `runnel ip`, a race between providers, and returns its exit status.
[[nodiscard]] int run_ip(const IpOptions& options, Log& log, TimePoint started);

/// Returns the checks of an answer: an address of the wanted family, and a public one unless
/// another kind is asked for.
[[nodiscard]] std::vector<Validator> address_validators(const IpOptions& options);

}  // namespace runnel
