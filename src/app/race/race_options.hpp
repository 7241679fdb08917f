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

/// What `runnel race` was asked to do; most of it is the same for `runnel ip`.
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
    std::optional<Validator> valid;  ///< None: the command's own.
    Duration deadline = std::chrono::seconds(5);
    std::optional<Duration> grace;  ///< None: a signal ends the race at once.
    std::optional<std::string> fallback;
    std::uint8_t fallback_exit = 0;
    bool json = false;

    // Of `race` alone.
    std::vector<std::string> sources;  ///< URL, or NAME=URL.
    std::optional<JsonPointer> extract;
    std::optional<Pattern> match;
};

/// Describes what `race` and `ip` have in common to \a command, which fills \a options in while it
/// parses. Both must live until then.
void describe_race_rules(OptionSet& set, RaceOptions& options);
/// Describes `race`.
void describe_race(OptionSet& set, RaceOptions& options);

}  // namespace runnel
