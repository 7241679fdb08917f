#include "io/process_pool.hpp"

#include <algorithm>
#include <csignal>
#include <vector>

#include "async/sleep.hpp"
#include "async/task_group.hpp"
#include "base/ensure.hpp"

namespace runnel {

namespace {

/// For a worker whose output ended to be reaped, so that its ending can be told.
constexpr Duration kDying = std::chrono::seconds(1);

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

/// The use of one worker. Unless it is told that the worker is in step at the end, it has the
/// worker replaced: so a stop, or anything else that is thrown, cannot leave an answer behind.
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
                  "nobody would read the stderr of a worker");
    options_.process.in = Stdio::pipe();
    options_.process.out = Stdio::pipe();
}

ProcessPool::~ProcessPool() = default;

Result<std::unique_ptr<ProcessPool>> ProcessPool::start(Loop& loop, ProcessPoolOptions options) {
    std::unique_ptr<ProcessPool> pool(new ProcessPool(loop, std::move(options)));
    for (std::size_t i = 0; i < pool->options_.workers; ++i) {
        Result<WorkerPtr> worker = pool->start_worker();
        if (!worker.ok()) {
            return std::move(worker).error();
        }
        pool->idle_.push_back(*std::move(worker));
    }
    return pool;
}

Result<ProcessPool::WorkerPtr> ProcessPool::start_worker() {
    Result<std::unique_ptr<Process>> process = Process::start(loop_, options_.process);
    if (!process.ok()) {
        return std::move(process).error();
    }
    ++started_;
    return std::make_unique<Worker>(*std::move(process), options_.max_answer);
}

/// A new worker; null when none may be started or none can be: then the next question tries again,
/// and gets the reason.
ProcessPool::WorkerPtr ProcessPool::replacement() {
    if (refusal()) {
        return nullptr;
    }
    Result<WorkerPtr> worker = start_worker();
    return worker.ok() ? *std::move(worker) : nullptr;
}

/// Why nothing can be asked any more.
std::optional<Error> ProcessPool::refusal() const {
    if (closed_) {
        return Error(ErrorClass::Sink, name() + ": its workers were told to end");
    }
    if (exhausted()) {
        return Error(ErrorClass::Sink, name() + ": " + std::to_string(early_deaths_) +
                                           " workers in a row ended before they answered a line; "
                                           "no more are started. Try the command by hand");
    }
    return std::nullopt;
}

/// Sees to it that \a worker can be asked, if need be by replacing it. Or the reason why it cannot.
std::optional<Error> ProcessPool::make_ready(WorkerPtr& worker) {
    if (worker && !worker->alive()) {
        count_death(*worker);
        worker.reset();
    } else if (worker && worker->lines.holds_bytes()) {
        return Error(ErrorClass::Sink,
                     name() +
                         ": a worker said something that it was not asked for; it must answer "
                         "one line for one line");
    }
    if (std::optional<Error> reason = refusal()) {
        return reason;
    }
    if (!worker) {
        Result<WorkerPtr> fresh = start_worker();
        if (!fresh.ok()) {
            return std::move(fresh).error();
        }
        worker = *std::move(fresh);
    }
    return std::nullopt;
}

void ProcessPool::count_death(const Worker& worker) noexcept {
    if (!worker.has_answered) {
        ++early_deaths_;
    }
}

Task<Result<std::string>> ProcessPool::ask(std::string question) {
    if (question.find('\n') != std::string::npos) {
        co_return Error(ErrorClass::BadInput, name() + ": a question is one line");
    }
    const Permit permit = co_await free_.acquire();
    if (std::optional<Error> reason = refusal()) {
        co_return *std::move(reason);
    }
    Lease lease(*this);
    if (std::optional<Error> reason = make_ready(lease.worker)) {
        co_return *std::move(reason);
    }
    Worker& worker = *lease.worker;
    question += '\n';
    Answer answer = co_await exchange(worker, std::move(question));
    if (!answer.ok() || !answer.value() || worker.lines.last_was_cut_off()) {
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

/// Writes and reads side by side: a worker may begin its answer before it has read the question to
/// its end. Whichever shows how it went ends the other.
Task<ProcessPool::Answer> ProcessPool::exchange(Worker& worker, std::string question) {
    const Context& context = co_await this_task::context();
    std::optional<Answer> answer;
    TaskGroup group(context);
    auto send = [&](std::string text) -> Task<void> {
        Result<void> sent = co_await worker.process->in().write(std::move(text));
        if (!sent.ok()) {
            // It may have answered without having read all of the question.
            co_await sleep_for(kDying);
            group.request_stop();
        }
    };
    auto receive = [&]() -> Task<void> {
        answer = co_await worker.lines.next();
        group.request_stop();
    };
    group.start(receive());
    group.start(send(std::move(question)));
    co_await group.join();
    co_return answer ? std::move(*answer) : Answer(std::optional<Line>());
}

Task<Error> ProcessPool::explain_death(Worker& worker) {
    const Deadline limit(loop_.now() + kDying);
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
            // One that has gone already needs none.
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
    std::optional<Error> failure;
    TaskGroup group(context);
    for (const WorkerPtr& worker : idle_) {
        if (worker) {
            group.start(retire(*worker, grace, failure));
        }
    }
    co_await group.join();
    for (WorkerPtr& worker : idle_) {
        worker.reset();
    }
    if (failure) {
        co_return *std::move(failure);
    }
    co_return Result<void>();
}

Task<void> ProcessPool::retire(Worker& worker, Duration grace, std::optional<Error>& failure) {
    worker.process->in().close();
    const Deadline limit = Deadline::within(loop_.now(), grace);
    const bool exited = co_await worker.process->wait_exit(limit);
    if (exited) {
        co_return;
    }
    Result<ProcessEnding> ending = co_await worker.process->terminate(grace);
    if (!ending.ok()) {
        failure = std::move(ending).error();
    }
}

}  // namespace runnel
