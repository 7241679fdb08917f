#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "async/task.hpp"
#include "async/task_group.hpp"
#include "base/deadline.hpp"
#include "base/result.hpp"
#include "io/answer_cutter.hpp"
#include "io/answer_pace.hpp"
#include "io/loop.hpp"
#include "io/process.hpp"

namespace runnel {

/// Limits of the exchange with a coprocess.
struct CoprocessLimits {
    /// Maximum size of an answer in bytes, without the line end; 0 means no limit.
    std::uint64_t max_answer = std::uint64_t{16} << 20;
    /// Maximum wait for an answer, from the write of its block or from the previous answer,
    /// whichever is later; 0 means no limit.
    Duration max_wait = Duration::zero();
};

/// Lines for a coprocess.
class LineBlock {
public:
    /// \a text has \a count lines, each with its line end.
    LineBlock(std::string block_text, std::size_t count)
        : text(std::move(block_text)), lines(count) {}

    std::string text;
    std::size_t lines;
};

/// Why a coprocess has not answered all lines of a block.
class ExchangeFailure {
public:
    explicit ExchangeFailure(Error reason) : error(std::move(reason)) {}

    Error error;
    /// How the process ended, if that is the reason.
    std::optional<ProcessEnding> ending;
    /// Whether the process printed more lines than it was given, so that earlier answers may belong
    /// to other lines.
    bool surplus = false;
    /// Whether the process got the lines.
    bool attempted = true;
};

/// A running process that answers each line with one line.
///
/// Everything here is for the loop's thread. Must not be destroyed while a task is in one of its
/// members. The destructor kills the process.
class Coprocess {
public:
    /// Gets the next answers of a block, and returns when it can take more. A stop that arrives
    /// meanwhile ends the exchange, but the answers count as taken.
    using Take = std::function<Task<void>(AnswerCutter::Answers)>;
    /// Called with a text for the user: the process has not answered for 5 s, or has exited while
    /// another process holds its stdout.
    using Warn = std::function<void(const std::string&)>;

    /// \a process has pipes as stdin and stdout. \a name is for messages.
    Coprocess(Loop& loop, std::unique_ptr<Process> process, std::string name,
              CoprocessLimits limits, Warn warn)
        : loop_(loop),
          process_(std::move(process)),
          name_(std::move(name)),
          limits_(limits),
          warn_(std::move(warn)) {}

    /// Whether the process can answer, as far as is known.
    [[nodiscard]] bool alive() const { return !process_->ending() && !process_->out().hung_up(); }
    /// Whether it has printed something that is not an answer.
    [[nodiscard]] bool has_surplus() const noexcept { return process_->out().has_arrived(); }
    /// Whether it has answered a line.
    [[nodiscard]] bool has_answered() const noexcept { return has_answered_; }
    [[nodiscard]] const std::optional<ProcessEnding>& ending() const noexcept {
        return process_->ending();
    }
    /// Returns the error for has_surplus().
    [[nodiscard]] Error surplus() const;

    /// Writes \a block and passes the answers to \a take as they arrive. Returns why the rest of
    /// the lines was not answered; nullopt if all were. After a failure, an exception and a stop
    /// (Cancelled) the process must not be used any more, because its next output may answer this
    /// block.
    ///
    /// If bytes follow the last answer, the answers that arrived with them are not taken. After the
    /// process has exited, waits up to a second for the end of its stdout, because a descendant may
    /// hold it open.
    [[nodiscard]] Task<std::optional<ExchangeFailure>> exchange(LineBlock block, const Take& take);

    /// Closes stdin, reads stdout to its end, and waits for the exit. A process that has not exited
    /// within \a grace is terminated, with \a grace again. Fails with ErrorClass::Sink if there was
    /// more output, if it was terminated or has not exited with 0. Cancelled when stop is
    /// requested.
    [[nodiscard]] Task<Result<void>> finish(Duration grace);

    /// Sends \a number to the process and its group.
    void signal(int number) noexcept;

private:
    struct Exchange;

    [[nodiscard]] Task<void> send(std::string text, Exchange& exchange, TaskGroup& group);
    [[nodiscard]] Task<void> receive(Exchange& exchange, const Take& take, TaskGroup& group);
    [[nodiscard]] Task<void> let_arrive(const Exchange& exchange);
    [[nodiscard]] Task<void> watch_exit(TaskGroup& group);
    [[nodiscard]] Task<void> watch_silence(Exchange& exchange, TaskGroup& group);
    [[nodiscard]] Task<ExchangeFailure> explain(const Exchange& exchange);
    [[nodiscard]] Task<void> drain(bool& surplus);
    [[nodiscard]] Task<void> wait_end(Duration grace, Result<void>& result, TaskGroup& group);
    [[nodiscard]] Error failure(const std::string& what) const;
    void warn_of_cut() const;

    Loop& loop_;
    std::unique_ptr<Process> process_;
    std::string name_;
    CoprocessLimits limits_;
    Warn warn_;
    AnswerPace pace_;
    bool has_answered_ = false;
};

}  // namespace runnel
