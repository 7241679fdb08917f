#pragma once

#include <optional>
#include <string>
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

/// What `runnel check` was asked to do.
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

    std::vector<std::string> targets;  ///< Each a target, or NAME=TARGET.
    std::vector<std::string> files;    ///< With one on each line.
    std::vector<std::string> tables;   ///< JSON: see TargetTable.
    Assertions assertions;             ///< Of all targets, unless their table says otherwise.
    bool invert = false;

    std::optional<Duration> deadline;  ///< None: ten seconds, or as long as `--wait` says.
    std::optional<Duration> wait;      ///< None: the targets are checked once.
    std::optional<Duration> grace;     ///< None: a signal ends the check at once.
    Duration interval = std::chrono::seconds(1);
    std::optional<FlapRules> flaps;
    std::string state;  ///< A file; empty: none.

    CheckFormat format = CheckFormat::Text;
    std::string output;  ///< A file; empty or `-`: stdout.
    std::vector<std::string> cmd;

    /// Some formats have exit statuses of their own, also for a run that does not begin.
    [[nodiscard]] ExitStatus status_before_run(ExitStatus status) const;
};

/// Describes `check` to \a command, which fills \a options in while it parses. Both must live until
/// then.
void describe_check(OptionSet& set, CheckOptions& options);
/// Of them the assertions, also for a target of its own.
void describe_assertions(OptionSet& set, Assertions& assertions);

}  // namespace runnel
