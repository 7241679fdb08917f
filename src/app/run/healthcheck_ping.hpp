#pragma once

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

/// How long a machine of the name \a host waits of \a most: always the same, and any two machines
/// hardly ever.
[[nodiscard]] Duration splay_of(std::string_view host, Duration most);

/// \a base with \a what behind its path: `https://hc.example/id?a=1` with `start` is
/// `https://hc.example/id/start?a=1`.
[[nodiscard]] std::string ping_url(std::string_view base, std::string_view what);

/// How pings go: as the environment says, and not by the options of the run, of which they are no
/// requests; but to the server of `--mock`, if \a policy carries everything there. Fails with
/// ErrorClass::BadInput when there can be no pings, naming the option or variable.
[[nodiscard]] Result<http::Policy> ping_policy(const ScheduleOptions& options,
                                               const http::Policy& policy);

/// What comes before and after a run that a timer started: the delay of `--splay`, and the pings,
/// in the protocol of healthchecks.io. A ping that fails is told, and changes nothing. A ping takes
/// ten seconds at most. Signals are heard: they end a wait at once.
class HealthcheckPing {
public:
    /// \a network sends one hop; \a policy is that of ping_policy(). All must outlive this.
    HealthcheckPing(const ScheduleOptions& options, const http::Policy& policy, Loop& loop,
                    http::Client& network, Log& log);

    /// Waits for this machine's turn, then tells of the start. Not Success: a signal came, and
    /// nothing shall be done.
    [[nodiscard]] ExitStatus begin();
    /// Tells how the run ended.
    void end(ExitStatus status);

private:
    /// The signal that ended \a step; nothing: it has come to its end.
    [[nodiscard]] std::optional<int> unless_signalled(Task<void> step);
    Task<void> ping(std::string what);

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
