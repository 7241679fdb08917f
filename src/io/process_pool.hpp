#pragma once

#include <cstddef>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "async/lock.hpp"
#include "async/semaphore.hpp"
#include "async/task.hpp"
#include "base/result.hpp"
#include "io/coprocess.hpp"
#include "io/loop.hpp"
#include "io/process.hpp"

namespace runnel {

/// Options of a ProcessPool.
class ProcessPoolOptions {
public:
    ProcessPoolOptions(ProcessOptions worker, std::size_t how_many)
        : process(std::move(worker)), workers(how_many) {}

    /// The options of each worker. The pool replaces stdin and stdout; stderr must not be a pipe,
    /// because it would not be read.
    ProcessOptions process;
    /// Number of workers, at least one.
    std::size_t workers;
    CoprocessLimits limits;
    /// Maximum number of lines of a block, at least 1.
    std::size_t max_block_lines = 1;
    /// Maximum number of early deaths: workers that end before any has answered a line. Then the
    /// pool gives up.
    std::size_t max_early_deaths = 10;
    /// Whether this ending of a worker says something about its lines, so that it is not an early
    /// death.
    std::function<bool(const ProcessEnding&)> ended_on_purpose = [](const ProcessEnding&) {
        return false;
    };
    /// Called with a text for the user; the same text may be repeated.
    Coprocess::Warn warn = [](const std::string&) {};
};

/// Keeps processes running that answer each line with one line (`jq -c --unbuffered`, `tee`). All
/// are started at once, so that no question waits for a start.
///
/// Questions are answered in the order of the calls, one block at a time per worker. A worker that
/// ended, closed its output or has not answered its whole block is killed with its group and
/// replaced by a new process. What a worker prints before a block is never an answer to it: the
/// block fails. An unrequested line that it prints during a block cannot be distinguished from an
/// answer; then there is one line more than there were questions, which is found at the latest by
/// close().
///
/// Everything here is for the loop's thread. The destructor kills the workers; no task may be in
/// ask() or close() then.
class ProcessPool {
public:
    /// Starts the workers: fewer than in the options if the system lacks descriptors or processes
    /// for all. Fails if none can be started (see Process::start).
    [[nodiscard]] static Result<std::unique_ptr<ProcessPool>> start(Loop& loop,
                                                                    ProcessPoolOptions options);
    ProcessPool(const ProcessPool&) = delete;
    ProcessPool& operator=(const ProcessPool&) = delete;
    ~ProcessPool();

    /// Sends \a question, a line without its line end, to the next free worker, and returns its
    /// answer, also without the line end.
    ///
    /// Fails with ErrorClass::BadInput if the question contains a line end; otherwise as
    /// exchange().
    ///
    /// Cancelled when stop is requested. A worker that has already received the question is then
    /// replaced, because its answer would be mistaken for that of the next question.
    [[nodiscard]] Task<Result<std::string>> ask(std::string question);

    /// Gives \a block to the next free worker and passes the answers to \a take as they arrive, see
    /// Coprocess::exchange(). Returns why the rest was not answered; nullopt if all were.
    ///
    /// The error is ErrorClass::TooLarge if an answer exceeds the limit; Sink if the worker ended
    /// before it had answered (the message says how; the lines may be given to another), did not
    /// answer in time or printed more lines than it was given, if no worker could be started (with
    /// errno), if too many ended and none has ever answered, or if the pool is closed.
    [[nodiscard]] Task<std::optional<ExchangeFailure>> exchange(LineBlock block,
                                                                const Coprocess::Take& take);
    /// Returns the maximum number of lines of a block that is given to a worker now: its pace
    /// decides (BlockPace).
    [[nodiscard]] std::size_t next_block_lines() const noexcept;

    /// Shuts the workers down: waits for current answers, refuses waiting questions, and closes
    /// each stdin. A worker that has not exited within \a grace is terminated (Process::terminate,
    /// with \a grace again). Fails with the first error: that a worker ever printed more lines than
    /// it was given, or that of Coprocess::finish(). Cancelled when stop is requested: the
    /// destructor kills the remaining workers.
    [[nodiscard]] Task<Result<void>> close(Duration grace);

    /// Sends \a number to every worker and its group: SIGKILL if the program is about to end
    /// without running destructors, SIGSTOP and SIGCONT.
    void signal(int number) noexcept;

    /// Whether the pool has given up because too many workers ended and none has ever answered.
    [[nodiscard]] bool exhausted() const noexcept {
        return !has_answered_ && early_deaths_ >= options_.max_early_deaths;
    }
    /// Returns the number of workers, at most as many as in the options.
    [[nodiscard]] std::size_t workers() const noexcept { return options_.workers; }
    /// Returns the number of processes started so far.
    [[nodiscard]] std::size_t started() const noexcept { return started_; }

private:
    class Worker;
    class Lease;
    using WorkerPtr = std::unique_ptr<Worker>;

    ProcessPool(Loop& loop, ProcessPoolOptions options);

    [[nodiscard]] Result<WorkerPtr> start_worker();
    void do_with(std::size_t workers);
    [[nodiscard]] WorkerPtr replacement();
    [[nodiscard]] Result<void> check_open() const;
    [[nodiscard]] Result<void> make_ready(WorkerPtr& worker);
    void count_end(const Worker& worker) noexcept;
    void keep_fault(Error fault);
    [[nodiscard]] Task<void> retire(Worker& worker, Duration grace);
    [[nodiscard]] const std::string& name() const noexcept { return options_.process.argv.front(); }

    Loop& loop_;
    ProcessPoolOptions options_;
    std::size_t started_ = 0;
    std::size_t early_deaths_ = 0;
    bool has_answered_ = false;   ///< Whether any worker has answered a line.
    std::optional<Error> fault_;  ///< The error that close() returns.
    bool closed_ = false;
    /// One for each free permit. Null if the worker could not be replaced yet.
    std::deque<WorkerPtr> idle_;
    std::set<Lease*> leases_;
    Semaphore free_;
    std::vector<Permit> unused_;  ///< The permits of workers that could not be started.
    Lock closing_;  ///< Because two calls of close() that take all permits would deadlock.
};

}  // namespace runnel
