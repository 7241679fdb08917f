#include "app/race/change_file.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <chrono>
#include <memory>
#include <utility>

#include "app/run/exec_command.hpp"
#include "async/when_any.hpp"
#include "base/read_file.hpp"
#include "io/process.hpp"
#include "io/signals.hpp"

namespace runnel {

namespace {

/// Time between SIGTERM and SIGKILL for CMD after a signal.
constexpr Duration kCommandGrace = std::chrono::seconds(1);
/// Maximum wait for stderr after CMD.
constexpr Duration kCommandFlushLimit = std::chrono::seconds(1);

Task<int> exit_of(Process& process) {
    static_cast<void>(co_await process.wait_exit());
    co_return 0;
}

Task<int> signal_of(Signals& signals) {
    const int signal = co_await signals.next();
    co_return signal;
}

/// Returns the status of CMD, or that of a signal that ended it.
Task<ExitStatus> wait_for(Process& process, Signals& signals) {
    std::vector<Task<int>> ends;
    ends.push_back(exit_of(process));
    ends.push_back(signal_of(signals));
    First<int> first = co_await when_any(std::move(ends));
    const int signal = first.outcome.get();
    if (signal == 0) {
        co_return static_cast<ExitStatus>(process.ending()->shell_status());
    }
    static_cast<void>(co_await process.terminate(kCommandGrace));
    co_return status_of_signal(signal);
}

ExitStatus run_command_for(const ProcessOptions& options, Loop& loop, Log& log) {
    Signals signals(loop);
    const Result<std::unique_ptr<Process>> process = Process::start(loop, options);
    if (!process) {
        log.error(process.error().message());
        return status_of_command(process.error());
    }
    const ExitStatus status = run(loop, wait_for(**process, signals));
    if (status != ExitStatus::Success) {
        log.error(
            fmt::format("{} ended with {}: --change-file keeps the previous value, so that "
                        "the next run repeats it",
                        options.argv.front(), static_cast<int>(status)));
    }
    return status;
}

}  // namespace

Result<void> ChangeFile::open(const std::string& name) {
    if (name.empty()) {
        return {};
    }
    Result<std::string> text = read_file(name);
    if (text) {
        previous_ = *std::move(text);
        if (previous_->ends_with('\n')) {
            previous_->pop_back();
        }
    } else if (text.error().code() != ENOENT) {
        return bad_input("--change-file: " + text.error().message(), text.error().code());
    }
    return next_.open(name);
}

ExitStatus ChangeFile::take(const std::string& value, const std::vector<std::string>& cmd,
                            Loop& loop, Log& log) {
    ExitStatus status = ExitStatus::Success;
    if (!cmd.empty()) {
        ProcessOptions options(cmd);
        options.environment = {{"RUNNEL_VALUE", value},
                               {"RUNNEL_PREVIOUS", previous_.value_or("")}};
        status = run_command_for(options, loop, log);
    }
    if (status == ExitStatus::Success) {
        const Result<void> written = next_.write(value + '\n');
        if (!written) {
            log.error(written.error().message());
            status = ExitStatus::OutputFailed;
        }
    }
    run(loop, log.flush(Deadline::after(loop.now(), kCommandFlushLimit)));
    return status;
}

}  // namespace runnel
