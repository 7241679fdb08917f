#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include "async/lock.hpp"
#include "async/semaphore.hpp"
#include "async/task.hpp"
#include "base/result.hpp"
#include "io/line_stream.hpp"
#include "io/loop.hpp"
#include "io/process.hpp"

namespace runnel {

/// What a ProcessPool runs.
class ProcessPoolOptions {
public:
    ProcessPoolOptions(ProcessOptions worker, std::size_t how_many)
        : process(std::move(worker)), workers(how_many) {}

    /// Each worker. Its stdin and stdout are the pool's, whatever is said here; its stderr must not
    /// be a pipe, because nobody would read it.
    ProcessOptions process;
    /// At least one.
    std::size_t workers;
    /// Most bytes of an answer, without the line end; 0: no limit.
    std::uint64_t max_answer = std::uint64_t{16} << 20;
    /// So many workers in a row that ended before their first answer are the end of the pool.
    std::size_t max_early_deaths = 10;
};

/// Processes that are kept running and answer one line for one line (`jq -c --unbuffered`, `tee`).
/// They are started at once, so no question waits for a start.
///
/// Whoever asks first is served first. A worker has one question at a time. A worker that ended,
/// closed its output or got out of step is killed with its group and replaced; what takes its place
/// is a new process, so an answer always belongs to the question it is given for. A worker that
/// says something unasked while it is being asked cannot be told from one that answers.
///
/// Everything here is for the loop's thread. No task may be in ask() or close() when this dies; its
/// workers are killed then.
class ProcessPool {
public:
    /// Starts the workers; fails when one cannot be started (see Process::start).
    [[nodiscard]] static Result<std::unique_ptr<ProcessPool>> start(Loop& loop,
                                                                    ProcessPoolOptions options);
    ProcessPool(const ProcessPool&) = delete;
    ProcessPool& operator=(const ProcessPool&) = delete;
    ~ProcessPool();

    /// Gives \a question, a line without its end, to the next free worker and returns its answer,
    /// also without.
    ///
    /// Errors: ErrorClass::BadInput for a question with a line end in it; TooLarge for an answer
    /// beyond the limit, which was skipped; Sink when the worker ended before the line end of its
    /// answer (the message says how; another worker may be asked) or had said something before it
    /// was asked, when no worker could be started (with errno), when too many ended before they
    /// answered anything, and when the pool is closed.
    ///
    /// Cancelled when stop is requested. A question that a worker had already got costs that
    /// worker: its answer would be taken for that of the next question.
    [[nodiscard]] Task<Result<std::string>> ask(std::string question);

    /// Ends the workers in good order: questions that workers have are answered, those that wait
    /// are refused, every stdin is closed; a worker that has not exited within \a grace is
    /// terminated (Process::terminate, with \a grace once more). Cancelled when stop is requested:
    /// the workers that are left die with this.
    [[nodiscard]] Task<Result<void>> close(Duration grace);

    /// Sends SIGKILL to every worker and its group, for a program that is about to end without
    /// destructors.
    void kill() noexcept;

    /// Whether too many workers ended before they answered anything: no question will be answered.
    [[nodiscard]] bool exhausted() const noexcept {
        return early_deaths_ >= options_.max_early_deaths;
    }
    /// How many processes it has started so far.
    [[nodiscard]] std::size_t started() const noexcept { return started_; }

private:
    class Worker;
    class Lease;
    using WorkerPtr = std::unique_ptr<Worker>;
    using Answer = Result<std::optional<Line>>;

    ProcessPool(Loop& loop, ProcessPoolOptions options);

    [[nodiscard]] Result<WorkerPtr> start_worker();
    [[nodiscard]] WorkerPtr replacement();
    [[nodiscard]] std::optional<Error> refusal() const;
    [[nodiscard]] std::optional<Error> make_ready(WorkerPtr& worker);
    void count_death(const Worker& worker) noexcept;
    [[nodiscard]] Task<Answer> exchange(Worker& worker, std::string question);
    [[nodiscard]] Task<Error> explain_death(Worker& worker);
    [[nodiscard]] Task<void> retire(Worker& worker, Duration grace, std::optional<Error>& failure);
    [[nodiscard]] const std::string& name() const noexcept { return options_.process.argv.front(); }

    Loop& loop_;
    ProcessPoolOptions options_;
    std::size_t started_ = 0;
    std::size_t early_deaths_ = 0;
    bool closed_ = false;
    /// One for each permit that is free. Null: it could not be replaced yet.
    std::deque<WorkerPtr> idle_;
    std::set<Lease*> leases_;
    Semaphore free_;
    Lock closing_;  ///< Two who take one permit after another would wait for each other.
};

}  // namespace runnel
