#include "app/batch/command_sink.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>

#include "app/batch/command_verdict.hpp"
#include "app/batch/output_wait.hpp"
#include "async/shield.hpp"
#include "async/task_group.hpp"
#include "base/printable.hpp"
#include "base/text.hpp"
#include "io/line_stream.hpp"

namespace runnel {

namespace {

/// Time between the SIGTERM and the SIGKILL that end an attempt.
constexpr Duration kTerminationGrace = std::chrono::seconds(2);
/// Time after the exit of a command in which other processes may print to its stdout and stderr.
constexpr Duration kHeldOpen = std::chrono::seconds(1);
/// Size of one write to a command (bytes).
constexpr std::size_t kPiece = std::size_t{64} << 10;
/// Maximum size of a logged line of stderr (bytes); a longer one is cut off.
constexpr std::uint64_t kMaxErrorLine = std::uint64_t{64} << 10;

/// Maximum length of a word of the command in a message.
constexpr std::size_t kMaxShownWord = 80;

/// Maximum size of the output of a failed attempt that is reported (bytes).
constexpr std::size_t kShownOutput = std::size_t{4} << 10;

constexpr std::string_view kPlaceholder = "{}";
/// By convention no argument after this is an option.
constexpr std::string_view kEndOfOptions = "--";

bool ends_options_before_lines(const std::vector<std::string>& cmd) {
    const auto first = std::find(cmd.begin() + 1, cmd.end(), kPlaceholder);
    return std::find(cmd.begin() + 1, first, kEndOfOptions) != first;
}

std::uint64_t environment_size() {
    std::uint64_t size = sizeof(char*);
    for (char** variable = environ; variable != nullptr && *variable != nullptr; ++variable) {
        size += std::strlen(*variable) + 1 + sizeof(char*);
    }
    return size;
}

}  // namespace

/// One run of the command, from its start until its process and streams are closed.
class CommandSink::Attempt {
public:
    /// \a printed gets the stdout.
    Attempt(CommandSink& sink, const Batch& batch, std::unique_ptr<Process> process, Spool& printed)
        : sink_(sink), batch_(batch), process_(std::move(process)), printed_(printed) {
        sink_.running_.insert(process_.get());
    }
    Attempt(const Attempt&) = delete;
    Attempt& operator=(const Attempt&) = delete;
    ~Attempt() { sink_.running_.erase(process_.get()); }

    Task<Verdict> run() {
        const Context& context = co_await this_task::context();
        TaskGroup streams(context);
        streams.start(collect());
        if (sink_.logs_stderr()) {
            streams.start(log_stderr());
        }
        if (sink_.placeholders_ == 0) {
            streams.start(feed());
        }
        bool exited = false;
        bool ended = false;
        try {
            exited = co_await process_->wait_exit_within(sink_.max_time_);
            if (exited) {
                ended = co_await process_->wait_outputs(kHeldOpen);
            }
        } catch (const Cancelled&) {
            // terminate() below ends the process group; streams.join() then throws Cancelled again.
            exited = false;
        }
        if (!exited) {
            co_await shield(terminate());
        } else if (!ended) {
            sink_.warn_of_held_output();
        }
        close_streams(ended);
        co_await streams.join();
        co_return verdict(exited);
    }

private:
    /// Returns the verdict on the attempt. \a exited: the command has exited by itself.
    [[nodiscard]] Verdict verdict(bool exited) const {
        if (problem_) {
            return Verdict::failed(*problem_);
        }
        if (!exited) {
            return Verdict::failed(
                       fmt::format("did not end within {:g} s", to_seconds(sink_.max_time_)))
                .with_output(output_end_);
        }
        const ProcessEnding& ending = *process_->ending();
        return ending.ok() ? Verdict::accepted()
                           : verdict_of(ending, ending.to_string()).with_output(output_end_);
    }

    /// Writes the lines to stdin. A failure is ignored: a command need not read all of them.
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
            keep_end(*bytes);
            const Result<void> kept = printed_.append(*bytes);
            if (!kept) {
                problem_ = kept.error().message();
                // Otherwise the command would block in write() forever.
                process_->out().close();
                co_return;
            }
        }
    }

    void keep_end(std::string_view bytes) {
        bytes.remove_prefix(bytes.size() - std::min(bytes.size(), kShownOutput));
        output_end_ += bytes;
        output_end_.erase(0, output_end_.size() - std::min(output_end_.size(), kShownOutput));
    }

    Task<void> log_stderr() {
        LineStream lines(process_->err(), kMaxErrorLine);
        for (;;) {
            const Result<std::optional<Line>> line = co_await lines.next();
            if (!line || !*line) {
                co_return;
            }
            const std::string text = fmt::format("batch {}: {}", batch_.number, (*line)->text);
            if (sink_.log_.quiet()) {
                sink_.log_.warn(text);  // held back until a failure
            } else {
                sink_.log_.info(text);
            }
            co_await sink_.log_.writable();
        }
    }

    Task<void> terminate() {
        const Result<ProcessEnding> ended = co_await process_->terminate(kTerminationGrace);
        if (!ended) {
            sink_.log_.error(ended.error().message());
        }
    }

    /// Closes stdin, and stdout and stderr unless they have ended. Bytes that have arrived can
    /// still be read.
    void close_streams(bool outputs_ended) noexcept {
        if (sink_.placeholders_ == 0) {
            process_->in().close();
        }
        if (outputs_ended) {
            return;
        }
        process_->out().close();
        if (sink_.logs_stderr()) {
            process_->err().close();
        }
    }

    CommandSink& sink_;
    const Batch& batch_;
    std::unique_ptr<Process> process_;
    Spool& printed_;
    std::string output_end_;
    std::optional<std::string> problem_;
};

CommandSink::CommandSink(Loop& loop, std::vector<std::string> cmd, Duration max_time,
                         Output& output, Log& log)
    : loop_(loop),
      cmd_(std::move(cmd)),
      placeholders_(placeholders(cmd_)),
      may_warn_of_option_(placeholders_ > 0 && !ends_options_before_lines(cmd_)),
      max_time_(max_time),
      output_(output),
      log_(log) {}

std::size_t CommandSink::placeholders(const std::vector<std::string>& cmd) noexcept {
    return static_cast<std::size_t>(std::count(cmd.begin() + 1, cmd.end(), kPlaceholder));
}

std::uint64_t CommandSink::argument_space(const std::vector<std::string>& cmd) {
    // Linux limits arguments and environment to a quarter of the stack limit; use at most 2 MiB
    // of it.
    constexpr std::uint64_t kMaximum = std::uint64_t{2} << 20;
    // Space for the RUNNEL_JOB_* variables, the interpreter line of a script and the auxiliary
    // vector.
    constexpr std::uint64_t kReserve = 8192;
    std::uint64_t used = environment_size() + kReserve;
    for (const std::string& argument : cmd) {
        used += argument.size() + kArgumentCost;
    }
    const long limit = ::sysconf(_SC_ARG_MAX);
    const std::uint64_t total =
        limit > 0 ? std::min(static_cast<std::uint64_t>(limit), kMaximum) : kMaximum;
    const std::uint64_t space = total > used ? total - used : 1;
    return std::max<std::uint64_t>(space / std::max<std::size_t>(placeholders(cmd), 1), 1);
}

std::uint64_t CommandSink::longest_argument() noexcept {
    const long page = ::sysconf(_SC_PAGESIZE);
    return 32 * static_cast<std::uint64_t>(page > 0 ? page : 4096) - 1;
}

Task<Result<Verdict>> CommandSink::deliver(Batch& batch) {
    warn_of_option(batch);
    warn_of_placeholder();
    Result<std::unique_ptr<Process>> process = Process::start(loop_, options_for(batch));
    if (!process) {
        co_return verdict_of_failure(process.error());
    }
    Spool printed;
    Verdict verdict = co_await attempt(batch, *std::move(process), printed);
    if (verdict.kind() != Verdict::Kind::Accepted) {
        co_return verdict;
    }
    if (order() != nullptr) {
        co_await order()->turn(batch.number);
    }
    const Result<std::uint64_t> end = co_await print(printed);
    if (!end) {
        co_return Verdict::failed(end.error().message());
    }
    co_return std::move(verdict).printed_up_to(*end);
}

/// Makes an attempt, whose descriptors are closed afterwards. Its stdout is in \a printed.
Task<Verdict> CommandSink::attempt(const Batch& batch, std::unique_ptr<Process> process,
                                   Spool& printed) {
    Attempt attempt(*this, batch, std::move(process), printed);
    co_return co_await attempt.run();
}

void CommandSink::warn_of_held_output() {
    if (!std::exchange(warned_of_held_output_, true)) {
        log_.warn(fmt::format(
            "{}: a process started by the command still holds its stdout or stderr open; further "
            "output of that process is not read",
            cmd_.front()));
    }
}

/// A `{}` inside a word is most likely meant as a placeholder.
void CommandSink::warn_of_placeholder() {
    const auto holds_one = [](const std::string& word) {
        return word != kPlaceholder && word.find(kPlaceholder) != std::string::npos;
    };
    const auto word = std::find_if(cmd_.begin() + 1, cmd_.end(), holds_one);
    if (word != cmd_.end() && std::exchange(may_warn_of_placeholder_, false)) {
        log_.warn(
            fmt::format("{{}} inside the word {} of the command is not replaced; only {{}} as a "
                        "word of its own is",
                        printable(word->substr(0, kMaxShownWord))));
    }
}

ProcessOptions CommandSink::options_for(const Batch& batch) const {
    ProcessOptions options({cmd_.front()});
    for (auto argument = cmd_.begin() + 1; argument != cmd_.end(); ++argument) {
        if (*argument == kPlaceholder) {
            batch.for_each([&](std::string_view line) { options.argv.emplace_back(line); });
        } else {
            options.argv.push_back(*argument);
        }
    }
    options.environment = {{"RUNNEL_JOB_ID", std::to_string(batch.number)},
                           {"RUNNEL_JOB_ATTEMPT", std::to_string(batch.attempts)},
                           {"RUNNEL_JOB_LINES", std::to_string(batch.size())}};
    options.in = placeholders_ == 0 ? Stdio::pipe() : Stdio::null();
    options.out = Stdio::pipe();
    options.err = logs_stderr() ? Stdio::pipe() : Stdio::inherit();
    return options;
}

void CommandSink::warn_of_option(const Batch& batch) {
    if (!may_warn_of_option_) {
        return;
    }
    bool found = false;
    batch.for_each([&found](std::string_view line) { found = found || line.starts_with('-'); });
    if (found) {
        log_.warn(
            fmt::format("a line begins with -, and {} may take it for an option: put -- "
                        "before {{}}, if {} accepts it",
                        cmd_.front(), cmd_.front()));
        may_warn_of_option_ = false;
    }
}

/// Appends output that is in memory in one step and waits afterwards, so that no other output can
/// come between. Output spilled to a file is appended in pieces; other attempts wait for their turn
/// to print.
Task<Result<std::uint64_t>> CommandSink::print(Spool& printed) {
    const Permit turn = co_await printing_.acquire();
    while (printed.size() > 0) {
        if (printed.spilled()) {
            co_await output_.writable();
        }
        RUNNEL_CO_TRY_ASSIGN(std::string piece, printed.take());
        output_.append_from(piece);
    }
    const std::uint64_t end = output_.appended();
    co_await wait_after_print(output_);
    co_return end;
}

Task<Result<void>> CommandSink::close() { co_return Result<void>(); }

void CommandSink::signal(int number) noexcept {
    for (Process* process : running_) {
        // It fails if the process has just exited.
        static_cast<void>(process->kill(number));
    }
}

}  // namespace runnel
