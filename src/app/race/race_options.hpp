#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "app/cli/option_set.hpp"
#include "app/options/request_options.hpp"
#include "app/options/schedule_options.hpp"
#include "app/options/transport_options.hpp"
#include "http/expect.hpp"
#include "json/pointer.hpp"
#include "service/pattern.hpp"
#include "service/race.hpp"

namespace runnel {

/// The options of `runnel race`, as parsed. Most of them are also those of `runnel ip`.
struct RaceOptions {
    [[nodiscard]] static http::Policy default_policy() {
        http::Policy policy;
        policy.max_body = std::uint64_t{64} << 10;
        return policy;
    }

    ScheduleOptions cron;
    RequestOptions requests;
    TransportOptions transport;
    http::Policy policy = default_policy();
    http::StatusSet expect;
    std::string mock_routes;
    RaceRules rules;
    std::optional<Validator> valid;  ///< If not set, the default of the command.
    Duration deadline = std::chrono::seconds(5);
    std::optional<Duration> grace;  ///< If not set, a signal ends the race at once.
    std::optional<std::string> fallback;
    std::uint8_t fallback_exit = 0;
    bool json = false;
    std::string change_file;  ///< A file; empty if not set.
    std::vector<std::string> cmd;

    // For `race` only:
    std::vector<std::string> sources;  ///< Each is URL or NAME=URL.
    std::optional<JsonPointer> extract;
    std::optional<Pattern> match;
};

/// Adds the options of both `race` and `ip` to \a set, which stores into \a options while it
/// parses. Both must live until then.
void describe_race_rules(OptionSet& set, RaceOptions& options);
/// Adds the options of `race`, in the same way.
void describe_race(OptionSet& set, RaceOptions& options);

}  // namespace runnel
