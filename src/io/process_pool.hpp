#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "async/lock.hpp"
#include "async/semaphore.hpp"
#include "async/task.hpp"
#include "async/task_group.hpp"
#include "base/result.hpp"
#include "io/line_stream.hpp"
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
    /// At least one.
    std::size_t workers;
    /// Maximum size of an answer in bytes, without the line end; 0 means no limit.
    std::uint64_t max_answer = std::uint64_t{16} << 20;
    /// Maximum number of consecutive workers that end before their first answer. Then the pool
    /// gives up.
    std::size_t max_early_deaths = 10;
};

/// Keeps processes running that answer each line with one line (`jq -c --unbuffered`, `tee`). All
/// are started at once, so that no question waits for a start.
///
/// Questions are answered in the order of the calls, one at a time per worker. A worker that ended,
/// closed its output or got out of step is killed with its group and replaced by a new process, so
/// that an answer always belongs to its question. An unrequested line that a worker prints during a
/// question cannot be distinguished from the answer.
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
    /// Fails with ErrorClass::BadInput if the question contains a line end; with TooLarge if the
    /// answer exceeds the limit and was skipped; with Sink if the worker ended before it had
    /// answered (the message says how; the question may be repeated), if it had printed something
    /// before the question, if no worker could be started (with errno), if too many ended before
    /// their first answer, or if the pool is closed.
    ///
    /// Cancelled when stop is requested. A worker that has already received the question is then
    /// replaced, because its answer would be mistaken for that of the next question.
    [[nodiscard]] Task<Result<std::string>> ask(std::string question);

    /// Shuts the workers down: waits for current answers, refuses waiting questions, and closes
    /// each stdin. A worker that has not exited within \a grace is terminated (Process::terminate,
    /// with \a grace again). Cancelled when stop is requested: the destructor kills the remaining
    /// workers.
    [[nodiscard]] Task<Result<void>> close(Duration grace);

    /// Sends SIGKILL to every worker and its group. For a program that is about to end without
    /// running destructors.
    void kill() noexcept;

    /// Whether the pool has given up because too many workers ended before their first answer.
    [[nodiscard]] bool exhausted() const noexcept {
        return early_deaths_ >= options_.max_early_deaths;
    }
    /// Number of workers, at most as many as in the options.
    [[nodiscard]] std::size_t workers() const noexcept { return options_.workers; }
    /// Number of processes started so far.
    [[nodiscard]] std::size_t started() const noexcept { return started_; }

private:
    class Worker;
    class Lease;
    using WorkerPtr = std::unique_ptr<Worker>;
    using Answer = Result<std::optional<Line>>;

    ProcessPool(Loop& loop, ProcessPoolOptions options);

    [[nodiscard]] Result<WorkerPtr> start_worker();
    void do_with(std::size_t workers);
    [[nodiscard]] WorkerPtr replacement();
    [[nodiscard]] Result<void> check_open() const;
    [[nodiscard]] Result<void> make_ready(WorkerPtr& worker);
    void count_death(const Worker& worker) noexcept;
    [[nodiscard]] Task<Answer> exchange(Worker& worker, std::string question);
    [[nodiscard]] Task<void> send(Worker& worker, std::string question, TaskGroup& group);
    [[nodiscard]] Task<void> receive(Worker& worker, std::optional<Answer>& answer,
                                     TaskGroup& group);
    [[nodiscard]] Task<Error> explain_death(Worker& worker);
    [[nodiscard]] Task<void> retire(Worker& worker, Duration grace, Result<void>& result);
    [[nodiscard]] const std::string& name() const noexcept { return options_.process.argv.front(); }

    Loop& loop_;
    ProcessPoolOptions options_;
    std::size_t started_ = 0;
    std::size_t early_deaths_ = 0;
    bool closed_ = false;
    /// One for each free permit. Null if the worker could not be replaced yet.
    std::deque<WorkerPtr> idle_;
    std::set<Lease*> leases_;
    Semaphore free_;
    std::vector<Permit> unused_;  ///< For workers that could not be started.
    Lock closing_;  ///< Because two calls of close() that take all permits would deadlock.
};

}  // namespace runnel
