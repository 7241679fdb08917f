#include "app/run/run_context.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <optional>
#include <system_error>
#include <thread>

#include "app/run/healthcheck_ping.hpp"
#include "app/run/lock_file.hpp"
#include "async/debug.hpp"
#include "base/read_file.hpp"
#include "http/curl_client.hpp"
#include "io/debug_signal.hpp"
#include "io/descriptor_limit.hpp"
#include "io/held_signals.hpp"
#include "io/run.hpp"

namespace runnel {

namespace {

/// Memory for the windows of all bodies in brotli and zstd together (bytes): four of the largest
/// ones.
constexpr std::size_t kBrotliWindows = std::size_t{64} << 20;

/// Descriptors of a run that makes one request at a time from stdin: the loop and its threads have
/// most of them, libcurl three.
constexpr std::size_t kFewestDescriptors = 12;

/// Throws if there are too few descriptors for a run, because libuv 1.50 aborts the program if a
/// loop lacks descriptors.
void require_descriptors() {
    const std::size_t free = raise_descriptor_limit();
    if (free < kFewestDescriptors) {
        throw std::system_error(EMFILE, std::generic_category(),
                                fmt::format("a run needs {} descriptors, and {} are free (see "
                                            "ulimit -n)",
                                            kFewestDescriptors, free));
    }
}

/// Logs the warnings of `--debug-loop` while this lives. Warnings of other threads are printed
/// directly, because the log belongs to the thread that makes this.
class LogsDebugWarnings {
public:
    explicit LogsDebugWarnings(Log& log) {
        debug::report_to([&log, owner = std::this_thread::get_id()](std::string_view warning) {
            if (std::this_thread::get_id() == owner) {
                log.warn(fmt::format("debug: {}", warning));
            } else {
                debug::write_warning(warning);
            }
        });
    }
    LogsDebugWarnings(const LogsDebugWarnings&) = delete;
    LogsDebugWarnings& operator=(const LogsDebugWarnings&) = delete;
    ~LogsDebugWarnings() { debug::report_to(nullptr); }
};

/// Warns if SSLKEYLOGFILE is set: libcurl appends the keys of every TLS connection to that file.
void warn_of_key_log(Log& log) {
    const char* file = std::getenv("SSLKEYLOGFILE");  // NOLINT(concurrency-mt-unsafe)
    if (file != nullptr && *file != '\0') {
        log.warn(
            fmt::format("SSLKEYLOGFILE is set: the keys of TLS connections are written to {}; "
                        "unset it unless you want to decrypt them",
                        file));
    }
}

class Run {
public:
    Run(const ScheduleOptions& schedule, Log& log, TimePoint started, Duration deadline)
        : schedule_(schedule), log_(log), started_(started), deadline_(deadline) {}

    [[nodiscard]] ExitStatus run(const std::function<Result<PreparedRun>()>& prepare,
                                 const std::function<ExitStatus(RunContext&)>& body) {
        const Result<bool> locked = lock_.take(schedule_.lock);
        if (!locked) {
            return refuse(locked.error(), log_);
        }
        if (!*locked) {
            log_.error(fmt::format("--lock: another run holds {}", schedule_.lock));
            return ExitStatus::LockHeld;
        }
        ExitStatus ended = ExitStatus::Success;
        const Result<PreparedRun> prepared = prepare_within(prepare, ended);
        if (ended != ExitStatus::Success) {
            return ended;
        }
        if (!prepared) {
            return refuse(prepared.error(), log_);
        }
        const bool makes_requests = prepared->makes_requests || !schedule_.ping.empty();
        if (makes_requests && prepared->mock_port == 0) {
            warn_of_key_log(log_);
        }
        const Result<http::Policy> pings = ping_policy(schedule_, prepared->mock_port);
        return pings ? run_with(prepared->jobs, *pings, body) : refuse(pings.error(), log_);
    }

    /// Whether a thread still resolves a name.
    [[nodiscard]] bool lookups_running() const noexcept { return lookups_running_; }
    /// Keeps the lock when the process becomes another program.
    void hand_lock_on() noexcept { lock_.outlive_exec(); }

private:
    /// Sets \a ended if a signal, or the deadline while a file was read, has ended the run.
    [[nodiscard]] Result<PreparedRun> prepare_within(
        const std::function<Result<PreparedRun>()>& prepare, ExitStatus& ended) {
        HeldSignals signals;
        ReadLimit limit(Deadline::after(started_, deadline_), signals.descriptor());
        Result<PreparedRun> prepared = prepare();
        if (const std::optional<int> signal = signals.take()) {
            ended = status_of_signal(*signal);
        } else if (!prepared && limit.deadline_passed()) {
            log_.error(prepared.error().message());
            ended = ExitStatus::Deadline;
        }
        return prepared;
    }

    ExitStatus run_with(std::size_t jobs, const http::Policy& pings,
                        const std::function<ExitStatus(RunContext&)>& body) {
        require_descriptors();
        const std::size_t descriptors = connection_limit();
        jobs = limit_jobs(jobs, descriptors, log_);
        Loop loop;
        Output output(loop, STDOUT_FILENO);
        output.set_content(Output::Content::Text);
        Output errors(loop, STDERR_FILENO, Output::kHighWater, "stderr");
        std::optional<Output> file;
        const int log = log_.descriptor();
        if (log != STDERR_FILENO && log != STDOUT_FILENO) {
            file.emplace(loop, log, Output::kHighWater, "cannot write");
        }
        const LogsTo logs_to(log_, file ? *file : log == STDOUT_FILENO ? output : errors);
        const LogsDebugWarnings logs_debug_warnings(log_);
        const DebugSignal debug_signal(loop);
        http::CurlClient network(loop, jobs, descriptors, kBrotliWindows);
        HealthcheckPing ping(schedule_, pings, loop, network, log_);
        ExitStatus status = ping.begin();
        if (status == ExitStatus::Success) {
            RunContext context(loop, output, errors, network, jobs, begin_of_deadlines());
            status = body(context);
            ping.end(status);
        }
        lookups_running_ = network.lookups_running();
        return status;
    }

    [[nodiscard]] TimePoint begin_of_deadlines() const {
        const bool waited = schedule_.splay > Duration::zero() || !schedule_.ping.empty();
        return waited ? Clock::now() : started_;
    }

    const ScheduleOptions& schedule_;
    Log& log_;
    TimePoint started_;
    Duration deadline_;
    LockFile lock_;
    bool lookups_running_ = false;
};

}  // namespace

ExitStatus refuse(const Error& error, Log& log) {
    log.error(error.message());
    log.release();
    const bool unwritable = error.error_class() == ErrorClass::Sink;
    return unwritable ? ExitStatus::OutputFailed : ExitStatus::Usage;
}

ExitStatus end_files(ExitStatus status, const Result<void>& written, Loop& loop, Log& log) {
    if (!written) {
        log.error(written.error().message());
    }
    runnel::run(loop, log.flush(Deadline::after(loop.now(), std::chrono::seconds(1))));
    return written ? status : more_severe(status, ExitStatus::OutputFailed);
}

ExitStatus run_command(Log& log, const std::function<ExitStatus()>& body) {
    ExitStatus status = ExitStatus::Success;
    try {
        status = body();
    } catch (const std::system_error& failure) {
        log.error(fmt::format("the system is out of resources: {}", failure.what()));
        status = ExitStatus::Internal;
    }
    if (status != ExitStatus::Success && status != ExitStatus::ReaderGone) {
        log.release();
    }
    return status;
}

std::size_t limit_jobs(std::size_t wanted, std::size_t limit, Log& log) {
    if (wanted > limit) {
        log.warn(
            fmt::format("{} requests at a time instead of {}: the limit of open files is too low "
                        "(ulimit -n)",
                        limit, wanted));
    }
    return std::min(wanted, limit);
}

int run_with_context(const ScheduleOptions& schedule, Log& log, TimePoint started,
                     const std::function<Result<PreparedRun>()>& prepare,
                     const std::function<ExitStatus(RunContext&)>& body,
                     const std::function<ExitStatus(ExitStatus)>& last, Duration deadline) {
    Run run(schedule, log, started, deadline);
    ExitStatus status = run_command(log, [&] { return run.run(prepare, body); });
    if (last) {
        run.hand_lock_on();
        status = last(status);
    }
    if (run.lookups_running()) {
        std::fflush(nullptr);
        _exit(static_cast<int>(status));
    }
    return static_cast<int>(status);
}

}  // namespace runnel
