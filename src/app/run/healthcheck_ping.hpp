#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "app/console/exit_status.hpp"
#include "app/console/log.hpp"
#include "app/options/schedule_options.hpp"
#include "async/task.hpp"
#include "http/client.hpp"
#include "http/redirect.hpp"
#include "io/loop.hpp"
#include "pipeline/admission.hpp"
#include "service/source.hpp"

namespace runnel {

/// Returns the delay of a machine named \a host, below \a most: always the same for one name, and
/// evenly distributed over names.
[[nodiscard]] Duration splay_of(std::string_view host, Duration most);

/// Returns \a base with \a last appended to its path: `https://hc.example/id?a=1` with `start` is
/// `https://hc.example/id/start?a=1`.
[[nodiscard]] std::string ping_url(std::string_view base, std::string_view last);

/// Returns the policy of pings. It follows the environment, not the options of the run's requests;
/// but with a \a mock_port other than 0 pings go to the mock server. Fails with
/// ErrorClass::BadInput, naming the option or variable.
[[nodiscard]] Result<http::Policy> ping_policy(const ScheduleOptions& options,
                                               std::uint16_t mock_port);

/// The delay of `--splay` before a run, and the pings of `--ping` before and after it, in the
/// protocol of healthchecks.io. A ping takes ten seconds at most; if it fails, a warning is logged.
/// A signal ends a delay or a ping at once.
class HealthcheckPing {
public:
    /// \a policy comes from ping_policy(); \a network sends one hop. All must outlive this.
    HealthcheckPing(const ScheduleOptions& options, const http::Policy& policy, Loop& loop,
                    http::Client& network, Log& log);

    /// Waits for the splay, then pings the start. If a signal arrives, returns its status: the run
    /// must not start.
    [[nodiscard]] ExitStatus begin();
    /// Pings \a status, the status of the run.
    void end(ExitStatus status);

private:
    /// Runs \a step. Returns the signal that ended it early, if one did.
    [[nodiscard]] std::optional<int> run_unless_signalled(Task<void> step);
    Task<void> ping(std::string last);

    const ScheduleOptions& options_;
    const http::Policy& policy_;
    Loop& loop_;
    Log& log_;
    http::RetryRules retry_;
    Admission admission_;
    http::RedirectClient client_;
    SourceClient source_client_;
};

}  // namespace runnel
