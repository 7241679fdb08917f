#pragma once

#include <cstdint>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>

#include "app/console/exit_status.hpp"
#include "app/console/log.hpp"
#include "app/options/schedule_options.hpp"
#include "async/context.hpp"
#include "async/event.hpp"
#include "async/outcome.hpp"
#include "async/task.hpp"
#include "http/client.hpp"
#include "http/redirect.hpp"
#include "io/loop.hpp"
#include "pipeline/admission.hpp"
#include "service/source.hpp"

namespace runnel {

/// Returns the delay of \a job, below \a most: always the same for one job, and evenly distributed
/// over jobs.
[[nodiscard]] Duration splay_of(std::string_view job, Duration most);

/// Returns what distinguishes this run from others, on this and on other machines: the machine id,
/// or else the host name, and the command line.
[[nodiscard]] std::string job_of_machine();

/// Returns \a base with \a last appended to its path: `https://hc.example/id?a=1` with `start` is
/// `https://hc.example/id/start?a=1`.
[[nodiscard]] std::string ping_url(std::string_view base, std::string_view last);

/// Returns the policy of pings. It follows the environment, not the options of the run's requests;
/// but with a \a mock_port other than 0 pings go to the mock server. Fails with
/// ErrorClass::BadInput, naming the option or variable.
[[nodiscard]] Result<http::Policy> ping_policy(const ScheduleOptions& options,
                                               std::uint16_t mock_port);

/// The delay of `--splay` before a run, and the pings of `--ping` at its start and after its end,
/// in the protocol of healthchecks.io. A ping takes ten seconds at most; if it fails, a warning is
/// logged. A signal ends the delay or the last ping at once.
class HealthcheckPing {
public:
    /// \a policy comes from ping_policy(); \a network sends one hop. All must outlive this.
    HealthcheckPing(const ScheduleOptions& options, const http::Policy& policy, Loop& loop,
                    http::Client& network, Log& log);
    HealthcheckPing(const HealthcheckPing&) = delete;
    HealthcheckPing& operator=(const HealthcheckPing&) = delete;
    /// Cancels the ping of the start, if it still runs.
    ~HealthcheckPing();

    /// Waits for the splay, then begins to ping the start without waiting for the answer. If a
    /// signal arrives during the splay, returns its status: the run must not start.
    [[nodiscard]] ExitStatus begin();
    /// Waits for the ping of the start, then pings \a status, the status of the run. A signal
    /// ends the wait, then the ping.
    void end(ExitStatus status);

private:
    /// Runs \a step. Returns the signal that ended it early, if one did.
    [[nodiscard]] std::optional<int> run_unless_signalled(Task<void> step);
    Task<void> ping(std::string last);
    Task<void> ping_start();
    Task<void> wait_for_start();
    void cancel_start();

    const ScheduleOptions& options_;
    const http::Policy& policy_;
    Loop& loop_;
    Log& log_;
    http::RetryRules retry_;
    Admission admission_;
    http::RedirectClient client_;
    SourceClient source_client_;
    std::stop_source stop_start_;
    Context start_context_;
    Outcome<void> start_;
    bool start_ended_ = true;  ///< False while the task of the first ping exists.
    Event start_pinged_;
};

}  // namespace runnel
