#include "app/batch/command_sink.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstring>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>

#include "app/batch/command_verdict.hpp"
#include "async/shield.hpp"
#include "async/task_group.hpp"
#include "async/timeout.hpp"
#include "io/line_stream.hpp"

namespace runnel {

namespace {

/// Between the SIGTERM and the SIGKILL that end an attempt.
constexpr Duration kDying = std::chrono::seconds(2);
/// The most that is copied of a batch at a time, on its way to a command.
constexpr std::size_t kPiece = std::size_t{64} << 10;
/// A longer line of stderr is told by its beginning.
constexpr std::uint64_t kMaxErrorLine = std::uint64_t{64} << 10;

constexpr std::string_view kPlace = "{}";

// What a command says by its exit status (sysexits.h).
constexpr int kDataError = 65;
constexpr int kTemporaryFailure = 75;

Verdict verdict_of(const ProcessEnding& ending) {
    if (ending.ok()) {
        return Verdict::accepted();
    }
    switch (ending.exit_code()) {
        case kTemporaryFailure: return Verdict::not_now(ending.to_string());
        case kDataError: return Verdict::rejected(ending.to_string());
        default: return Verdict::failed(ending.to_string());
    }
}

std::uint64_t environment_size() {
    std::uint64_t size = sizeof(char*);
    for (char** variable = environ; variable != nullptr && *variable != nullptr; ++variable) {
        size += std::strlen(*variable) + 1 + sizeof(char*);
    }
    return size;
}

}  // namespace

/// One run of the command, from its start until nothing is left of it.
class CommandSink::Attempt {
public:
    Attempt(CommandSink& sink, const Batch& batch, std::unique_ptr<Process> process)
        : sink_(sink), batch_(batch), process_(std::move(process)) {
        sink_.running_.insert(process_.get());
    }
    Attempt(const Attempt&) = delete;
    Attempt& operator=(const Attempt&) = delete;
    ~Attempt() { sink_.running_.erase(process_.get()); }

    Task<Verdict> run() {
        const Context& context = co_await this_task::context();
        TaskGroup streams(context);
        streams.start(collect());
        if (sink_.stderr_is_told()) {
            streams.start(tell());
        }
        if (sink_.places_ == 0) {
            streams.start(feed());
        }
        std::optional<ProcessEnding> ending;
        try {
            const Deadline limit = Deadline::after(sink_.loop_.now(), sink_.max_time_);
            ending = co_await timeout(process_->wait(), limit);
        } catch (const Cancelled&) {
            // Goes on below; join() throws it again.
        }
        if (!ending) {
            co_await shield(end());
        }
        close_streams(ending.has_value());
        co_await streams.join();
        if (problem_) {
            co_return Verdict::failed(*problem_);
        }
        if (!ending) {
            const std::chrono::duration<double> limit = sink_.max_time_;
            co_return Verdict::failed(fmt::format("did not end within {:g} s", limit.count()));
        }
        co_return verdict_of(*ending);
    }

    [[nodiscard]] Spool& printed() noexcept { return printed_; }

private:
    /// A command that does not want its input, or not all of it, is free to leave it.
    Task<void> feed() {
        std::string_view rest = batch_.text();
        while (!rest.empty()) {
            const std::string_view piece = rest.substr(0, kPiece);
            const Result<void> written = co_await process_->in().write(std::string(piece));
            if (!written) {
                co_return;
            }
            rest.remove_prefix(piece.size());
        }
        const Result<void> closed = co_await process_->in().close_write();
        static_cast<void>(closed);
    }

    Task<void> collect() {
        for (;;) {
            Result<std::string> bytes = co_await process_->out().read();
            if (!bytes) {
                problem_ = bytes.error().message();
                co_return;
            }
            if (bytes->empty()) {
                co_return;
            }
            const Result<void> kept = printed_.append(*bytes);
            if (!kept) {
                problem_ = kept.error().message();
                // Else it would wait for ever for somebody to read.
                process_->out().close();
                co_return;
            }
        }
    }

    Task<void> tell() {
        LineStream lines(process_->err(), kMaxErrorLine);
        for (;;) {
            const Result<std::optional<Line>> line = co_await lines.next();
            if (!line || !*line) {
                co_return;
            }
            const std::string text = fmt::format("job {}: {}", batch_.number, (*line)->text);
            if (sink_.log_.quiet()) {
                sink_.log_.warn(text);  // held back
            } else {
                sink_.log_.info(text);
            }
            co_await sink_.log_.writable();
        }
    }

    Task<void> end() {
        const Result<ProcessEnding> ended = co_await process_->terminate(kDying);
        if (!ended) {
            sink_.log_.error(ended.error().message());
        }
    }

    /// What is left of them after the end of the attempt is nobody's any more.
    void close_streams(bool outputs_ended) noexcept {
        if (sink_.places_ == 0) {
            process_->in().close();
        }
        if (outputs_ended) {
            return;
        }
        process_->out().close();
        if (sink_.stderr_is_told()) {
            process_->err().close();
        }
    }

    CommandSink& sink_;
    const Batch& batch_;
    std::unique_ptr<Process> process_;
    Spool printed_;
    std::optional<std::string> problem_;
};

CommandSink::CommandSink(Loop& loop, std::vector<std::string> cmd, Duration max_time,
                         Output& output, Log& log)
    : loop_(loop),
      cmd_(std::move(cmd)),
      places_(places(cmd_)),
      max_time_(max_time),
      output_(output),
      log_(log) {}

std::size_t CommandSink::places(const std::vector<std::string>& cmd) noexcept {
    return static_cast<std::size_t>(std::count(cmd.begin() + 1, cmd.end(), kPlace));
}

std::uint64_t CommandSink::argument_room(const std::vector<std::string>& cmd) {
    // Linux gives arguments and environment a quarter of the stack, or less.
    constexpr std::uint64_t kMost = std::uint64_t{2} << 20;
    // Our variables, the path of a script's interpreter, and what else comes along.
    constexpr std::uint64_t kSpare = 8192;
    std::uint64_t used = environment_size() + kSpare;
    for (const std::string& argument : cmd) {
        used += argument.size() + kArgumentCost;
    }
    const long most = ::sysconf(_SC_ARG_MAX);
    const std::uint64_t all = most > 0 ? std::min(static_cast<std::uint64_t>(most), kMost) : kMost;
    const std::uint64_t writable = all > used ? all - used : 1;
    return std::max<std::uint64_t>(writable / std::max<std::size_t>(places(cmd), 1), 1);
}

std::uint64_t CommandSink::longest_argument() noexcept {
    const long page = ::sysconf(_SC_PAGESIZE);
    return 32 * static_cast<std::uint64_t>(page > 0 ? page : 4096) - 1;
}

Task<Result<Verdict>> CommandSink::deliver(const Batch& batch) {
    Result<std::unique_ptr<Process>> process = Process::start(loop_, options_for(batch));
    if (!process) {
        co_return verdict_of_failure(process.error());
    }
    Attempt attempt(*this, batch, *std::move(process));
    Verdict verdict = co_await attempt.run();
    if (verdict.kind() == Verdict::Kind::Accepted) {
        const Result<void> printed = co_await print(attempt.printed());
        if (!printed) {
            verdict = Verdict::failed(printed.error().message());
        }
    }
    co_return verdict;
}

ProcessOptions CommandSink::options_for(const Batch& batch) const {
    ProcessOptions options({cmd_.front()});
    for (auto argument = cmd_.begin() + 1; argument != cmd_.end(); ++argument) {
        if (*argument == kPlace) {
            batch.for_each([&](std::string_view line) { options.argv.emplace_back(line); });
        } else {
            options.argv.push_back(*argument);
        }
    }
    options.environment = {{"RUNNEL_JOB_ID", std::to_string(batch.number)},
                           {"RUNNEL_JOB_ATTEMPT", std::to_string(batch.attempts)},
                           {"RUNNEL_JOB_LINES", std::to_string(batch.size())}};
    options.in = places_ == 0 ? Stdio::pipe() : Stdio::null();
    options.out = Stdio::pipe();
    options.err = stderr_is_told() ? Stdio::pipe() : Stdio::inherit();
    return options;
}

/// What is in memory goes to stdout at once, where nothing can come in between, and the job waits
/// afterwards. A file goes piece by piece, and everybody else waits.
Task<Result<void>> CommandSink::print(Spool& printed) {
    const Permit turn = co_await printing_.acquire();
    while (printed.size() > 0) {
        if (printed.spilled()) {
            co_await output_.writable();
        }
        Result<std::string> piece = printed.take();
        if (!piece) {
            co_return std::move(piece).error();
        }
        output_.append_from(*piece);
    }
    co_await room_for_more();
    co_return Result<void>();
}

Task<void> CommandSink::room_for_more() {
    try {
        co_await output_.writable();
    } catch (const Cancelled&) {
        // All of it was printed; who waits next hears of the stop.
    }
}

Task<Result<void>> CommandSink::close() { co_return Result<void>(); }

void CommandSink::kill() noexcept {
    for (Process* process : running_) {
        // One that has just gone needs none.
        static_cast<void>(process->kill(SIGKILL));
    }
}

}  // namespace runnel
