#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "app/cli/option_set.hpp"
#include "app/console/exit_status.hpp"
#include "app/options/request_options.hpp"
#include "app/options/schedule_options.hpp"
#include "app/options/transport_options.hpp"
#include "service/assertions.hpp"
#include "service/check_history.hpp"
#include "service/check_report.hpp"

namespace runnel {

/// The options of `runnel check`, as parsed.
struct CheckOptions {
    [[nodiscard]] static http::Policy default_policy() {
        http::Policy policy;
        policy.max_time = std::chrono::seconds(5);
        policy.probe = true;
        return policy;
    }

    ScheduleOptions cron;
    RequestOptions requests;
    TransportOptions transport;
    http::Policy policy = default_policy();
    http::RetryRules retry;
    std::string mock_routes;

    std::vector<std::string> targets;  ///< Each is TARGET or NAME=TARGET.
    std::vector<std::string> files;    ///< Files with one target on each line; `-` means stdin.
    std::vector<std::string> tables;   ///< JSON, see TargetTable.
    Assertions assertions;             ///< The defaults of all targets.
    bool invert = false;

    std::optional<Duration> deadline;  ///< Limit of the whole run. Zero means no limit.
    std::optional<Duration> wait;      ///< If not set, the targets are checked once.
    std::optional<Duration> grace;     ///< If not set, a signal ends the run at once.
    Duration interval = std::chrono::seconds(1);
    std::optional<FlapRules> flaps;
    std::string state;  ///< A file; empty if not set.
    bool only_changed = false;

    CheckFormat format = CheckFormat::Text;
    std::string output;  ///< A file; empty or `-` means stdout.
    std::vector<std::string> cmd;

    /// Returns the exit status of a run that fails with \a status before it starts: some formats
    /// have their own exit statuses.
    [[nodiscard]] ExitStatus status_before_run(ExitStatus status) const;
    /// Returns the text for stdout when \a why ends a run before it starts: a line for Nagios.
    [[nodiscard]] std::string text_before_run(std::string_view why) const;
};

/// Adds the options of `check` to \a set, which stores into \a options while it parses. Both must
/// live until then.
void describe_check(OptionSet& set, CheckOptions& options);
/// Adds only the assertions, which a table of a target has as well.
void describe_assertions(OptionSet& set, Assertions& assertions);

}  // namespace runnel
