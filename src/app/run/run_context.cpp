#include "app/run/run_context.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <optional>

#include "app/console/debug_warnings.hpp"
#include "app/run/command_run.hpp"
#include "app/run/healthcheck_ping.hpp"
#include "app/run/lock_file.hpp"
#include "http/curl_client.hpp"
#include "io/debug_signal.hpp"
#include "io/descriptor_limit.hpp"

namespace runnel {

namespace {

/// Every job may need a connection of its own.
std::size_t fit_jobs(std::size_t jobs, std::size_t descriptors, Log& log) {
    if (jobs > descriptors) {
        log.warn(fmt::format("{} jobs at a time instead of {}: more files may not be open",
                             descriptors, jobs));
    }
    return std::min(jobs, descriptors);
}

/// One run, from its preparations to its status.
class Run {
public:
    Run(const ScheduleOptions& cron, const http::Policy& policy, Log& log, TimePoint started)
        : cron_(cron), policy_(policy), log_(log), started_(started) {}

    [[nodiscard]] ExitStatus run(const std::function<Result<std::size_t>()>& prepare,
                                 const std::function<ExitStatus(RunContext&)>& body) {
        const Result<bool> locked = lock_.take(cron_.lock);
        if (!locked) {
            return refuse(locked.error(), log_);
        }
        if (!*locked) {
            log_.error(fmt::format("--lock: another run holds {}", cron_.lock));
            return ExitStatus::LockHeld;
        }
        const Result<std::size_t> jobs = prepare();
        if (!jobs) {
            return refuse(jobs.error(), log_);
        }
        const Result<http::Policy> pings = ping_policy(cron_, policy_);
        return pings ? run_with(*jobs, *pings, body) : refuse(pings.error(), log_);
    }

    /// Names are still looked up.
    [[nodiscard]] bool lookups_hang() const noexcept { return lookups_hang_; }
    /// What comes last holds the lock, also as another program.
    void hand_lock_on() noexcept { lock_.outlive_exec(); }

private:
    ExitStatus run_with(std::size_t jobs, const http::Policy& pings,
                        const std::function<ExitStatus(RunContext&)>& body) {
        const std::size_t descriptors = connection_limit();
        jobs = fit_jobs(jobs, descriptors, log_);
        Loop loop;
        Output output(loop, STDOUT_FILENO);
        Output errors(loop, STDERR_FILENO, Output::kHighWater, "stderr");
        std::optional<Output> file;
        if (log_.descriptor() != STDERR_FILENO) {
            file.emplace(loop, log_.descriptor(), Output::kHighWater, "cannot write");
        }
        const LogsTo logs_to(log_, file ? *file : errors);
        const LogsDebugWarnings logs_warnings(log_);
        const DebugSignal debug_signal(loop);
        http::CurlClient network(loop, jobs, descriptors);
        HealthcheckPing manners(cron_, pings, loop, network, log_);
        ExitStatus status = manners.begin();
        if (status == ExitStatus::Success) {
            RunContext context(loop, output, errors, network, jobs, begun());
            status = body(context);
            manners.end(status);
        }
        lookups_hang_ = network.lookups_running();
        return status;
    }

    [[nodiscard]] TimePoint begun() const {
        return cron_.splay == Duration::zero() && cron_.ping.empty() ? started_ : Clock::now();
    }

    const ScheduleOptions& cron_;
    const http::Policy& policy_;
    Log& log_;
    TimePoint started_;
    LockFile lock_;
    bool lookups_hang_ = false;
};

}  // namespace

int run_with_context(const ScheduleOptions& cron, const http::Policy& policy, Log& log,
                     TimePoint started, const std::function<Result<std::size_t>()>& prepare,
                     const std::function<ExitStatus(RunContext&)>& body,
                     const std::function<ExitStatus(ExitStatus)>& last) {
    Run run(cron, policy, log, started);
    ExitStatus status = run_command(log, [&] { return run.run(prepare, body); });
    if (last) {
        run.hand_lock_on();
        status = last(status);
    }
    if (run.lookups_hang()) {
        std::fflush(nullptr);
        _exit(static_cast<int>(status));
    }
    return static_cast<int>(status);
}

}  // namespace runnel
