#include "io/process_pool.hpp"

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <vector>

#include "async/sleep.hpp"
#include "base/ensure.hpp"
#include "base/system_error.hpp"

namespace runnel {

namespace {

/// Maximum time to wait for the exit of a worker whose output ended, to report its exit status.
constexpr Duration kExitTimeout = std::chrono::seconds(1);

/// Also of processes, of which a user may have a number.
bool may_pass(int error) { return is_lack_of_resources(error) || error == EAGAIN; }

}  // namespace

class ProcessPool::Worker {
public:
    Worker(std::unique_ptr<Process> running, std::uint64_t max_answer)
        : process(std::move(running)), lines(process->out(), max_answer) {}

    [[nodiscard]] bool alive() const { return !process->ending() && !process->out().hung_up(); }

    std::unique_ptr<Process> process;
    LineStream lines;
    bool has_answered = false;
};

/// The use of one worker for one question. Replaces the worker at the end unless in_step was set,
/// so that a stop or an exception cannot leave an unread answer behind.
class ProcessPool::Lease {
public:
    explicit Lease(ProcessPool& pool) : worker(std::move(pool.idle_.front())), pool_(pool) {
        pool_.idle_.pop_front();
        pool_.leases_.insert(this);
    }
    Lease(const Lease&) = delete;
    Lease& operator=(const Lease&) = delete;
    ~Lease() {
        pool_.leases_.erase(this);
        if (!in_step) {
            worker.reset();
            worker = pool_.replacement();
        }
        pool_.idle_.push_back(std::move(worker));
    }

    WorkerPtr worker;
    bool in_step = false;

private:
    ProcessPool& pool_;
};

ProcessPool::ProcessPool(Loop& loop, ProcessPoolOptions options)
    : loop_(loop), options_(std::move(options)), free_(options_.workers) {
    RUNNEL_ENSURE(options_.workers > 0, "a ProcessPool needs a worker");
    RUNNEL_ENSURE(options_.process.err.kind() != Stdio::Kind::Pipe,
                  "the stderr of a worker must not be a pipe");
    options_.process.in = Stdio::pipe();
    options_.process.out = Stdio::pipe();
}

ProcessPool::~ProcessPool() = default;

Result<std::unique_ptr<ProcessPool>> ProcessPool::start(Loop& loop, ProcessPoolOptions options) {
    std::unique_ptr<ProcessPool> pool(new ProcessPool(loop, std::move(options)));
    for (std::size_t i = 0; i < pool->options_.workers; ++i) {
        Result<WorkerPtr> worker = pool->start_worker();
        if (!worker && i > 0 && may_pass(worker.error().code())) {
            // One less than can be started, so that a descriptor is left for other uses.
            pool->do_with(std::max<std::size_t>(i - 1, 1));
            break;
        }
        if (!worker) {
            return std::move(worker).error();
        }
        pool->idle_.push_back(*std::move(worker));
    }
    return pool;
}

void ProcessPool::do_with(std::size_t workers) {
    idle_.resize(workers);
    for (; options_.workers > workers; --options_.workers) {
        unused_.push_back(free_.try_acquire());
    }
}

Result<ProcessPool::WorkerPtr> ProcessPool::start_worker() {
    RUNNEL_TRY_ASSIGN(std::unique_ptr<Process> process, Process::start(loop_, options_.process));
    ++started_;
    return std::make_unique<Worker>(std::move(process), options_.max_answer);
}

/// Starts a worker. Returns null if that fails or is not allowed; the next question then tries
/// again and returns the reason.
ProcessPool::WorkerPtr ProcessPool::replacement() {
    if (!check_open()) {
        return nullptr;
    }
    Result<WorkerPtr> worker = start_worker();
    return worker ? *std::move(worker) : nullptr;
}

/// Fails if no more questions are accepted.
Result<void> ProcessPool::check_open() const {
    if (closed_) {
        return Error(ErrorClass::Sink, name() + ": the workers are being shut down");
    }
    if (exhausted()) {
        return Error(ErrorClass::Sink, name() + ": " + std::to_string(early_deaths_) +
                                           " workers in a row ended before they answered a line; "
                                           "no more are started. Try the command by hand");
    }
    return {};
}

/// Makes \a worker able to answer, by replacing it if necessary.
Result<void> ProcessPool::make_ready(WorkerPtr& worker) {
    if (worker && !worker->alive()) {
        count_death(*worker);
        worker.reset();
    } else if (worker && worker->lines.holds_bytes()) {
        return Error(ErrorClass::Sink, name() +
                                           ": a worker printed an unrequested line; it must answer "
                                           "each line with one line");
    }
    RUNNEL_TRY(check_open());
    if (!worker) {
        RUNNEL_TRY_ASSIGN(worker, start_worker());
    }
    return {};
}

void ProcessPool::count_death(const Worker& worker) noexcept {
    if (!worker.has_answered) {
        ++early_deaths_;
    }
}

Task<Result<std::string>> ProcessPool::ask(std::string question) {
    if (question.find('\n') != std::string::npos) {
        co_return bad_input(name() + ": a question must be one line");
    }
    const Permit permit = co_await free_.acquire();
    RUNNEL_CO_TRY(check_open());
    Lease lease(*this);
    RUNNEL_CO_TRY(make_ready(lease.worker));
    Worker& worker = *lease.worker;
    question += '\n';
    Answer answer = co_await exchange(worker, std::move(question));
    if (!answer || !answer.value() || worker.lines.last_was_cut_off()) {
        count_death(worker);
        Error reason = co_await explain_death(worker);
        co_return reason;
    }
    lease.in_step = true;
    worker.has_answered = true;
    early_deaths_ = 0;
    Line line = *std::move(answer.value());
    if (line.too_long) {
        co_return Error(ErrorClass::TooLarge, name() + ": the answer is longer than " +
                                                  std::to_string(options_.max_answer) + " bytes");
    }
    co_return std::move(line.text);
}

/// Writes and reads concurrently, because a worker may begin its answer before it has read the
/// whole question. The first of the two that determines the result stops the other.
Task<ProcessPool::Answer> ProcessPool::exchange(Worker& worker, std::string question) {
    const Context& context = co_await this_task::context();
    std::optional<Answer> answer;
    TaskGroup group(context);
    group.start(receive(worker, answer, group));
    group.start(send(worker, std::move(question), group));
    co_await group.join();
    co_return answer ? std::move(*answer) : Answer(std::optional<Line>());
}

Task<void> ProcessPool::send(Worker& worker, std::string question, TaskGroup& group) {
    const Result<void> sent = co_await worker.process->in().write(std::move(question));
    if (!sent) {
        // The worker may have answered without reading the whole question.
        co_await sleep_for(kExitTimeout);
        group.request_stop();
    }
}

Task<void> ProcessPool::receive(Worker& worker, std::optional<Answer>& answer, TaskGroup& group) {
    answer = co_await worker.lines.next();
    group.request_stop();
}

Task<Error> ProcessPool::explain_death(Worker& worker) {
    const Deadline limit(loop_.now() + kExitTimeout);
    const bool exited = co_await worker.process->wait_exit(limit);
    const std::string what = name() + ": the worker ";
    if (exited) {
        co_return Error(ErrorClass::Sink,
                        what + worker.process->ending()->to_string() + " instead of answering");
    }
    co_return Error(ErrorClass::Sink, what + "closed its input or output instead of answering");
}

void ProcessPool::kill() noexcept {
    const auto kill_group = [](const WorkerPtr& worker) {
        if (worker) {
            // Fails if the worker has ended already.
            static_cast<void>(worker->process->kill(SIGKILL));
        }
    };
    std::for_each(idle_.begin(), idle_.end(), kill_group);
    for (const Lease* lease : leases_) {
        kill_group(lease->worker);
    }
}

Task<Result<void>> ProcessPool::close(Duration grace) {
    closed_ = true;
    const Permit alone = co_await closing_.acquire();
    std::vector<Permit> all;
    for (std::size_t i = 0; i < options_.workers; ++i) {
        Permit permit = co_await free_.acquire();
        all.push_back(std::move(permit));
    }
    const Context& context = co_await this_task::context();
    Result<void> result;
    TaskGroup group(context);
    for (const WorkerPtr& worker : idle_) {
        if (worker) {
            group.start(retire(*worker, grace, result));
        }
    }
    co_await group.join();
    for (WorkerPtr& worker : idle_) {
        worker.reset();
    }
    co_return std::move(result);
}

Task<void> ProcessPool::retire(Worker& worker, Duration grace, Result<void>& result) {
    worker.process->in().close();
    const Deadline limit = Deadline::within(loop_.now(), grace);
    const bool exited = co_await worker.process->wait_exit(limit);
    if (exited) {
        co_return;
    }
    Result<ProcessEnding> ending = co_await worker.process->terminate(grace);
    if (!ending) {
        result = std::move(ending).error();
    }
}

}  // namespace runnel
