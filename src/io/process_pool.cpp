#include "io/process_pool.hpp"

#include <algorithm>
#include <cerrno>
#include <utility>
#include <vector>

#include "async/task_group.hpp"
#include "base/ensure.hpp"
#include "base/system_error.hpp"
#include "io/block_pace.hpp"

namespace runnel {

namespace {

/// Returns whether \a error is a lack of descriptors, memory or processes. fork() fails with EAGAIN
/// at the limit of processes per user (RLIMIT_NPROC).
bool may_pass(int error) { return is_lack_of_resources(error) || error == EAGAIN; }

Task<void> done() { co_return; }

ExchangeFailure not_attempted(const Error& reason) {
    ExchangeFailure failure(reason);
    failure.attempted = false;
    return failure;
}

}  // namespace

class ProcessPool::Worker {
public:
    Worker(Loop& loop, std::unique_ptr<Process> running, const ProcessPoolOptions& options)
        : process(loop, std::move(running), options.process.argv.front(), options.limits,
                  options.warn),
          pace(options.max_block_lines) {}

    Coprocess process;
    BlockPace pace;
};

/// The use of one worker for one block. Replaces the worker at the end unless in_step was set (it
/// has answered the whole block), so that a stop or an exception cannot leave an unread answer
/// behind.
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
    return std::make_unique<Worker>(loop_, std::move(process), options_);
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
    if (worker && !worker->process.alive()) {
        count_end(*worker);
        worker.reset();
    }
    RUNNEL_TRY(check_open());
    if (!worker) {
        RUNNEL_TRY_ASSIGN(worker, start_worker());
    }
    return {};
}

/// Counts \a worker, which has ended or has failed to answer, as an early death, unless it has
/// answered before or its ending is a verdict on its lines (ended_on_purpose).
void ProcessPool::count_end(const Worker& worker) noexcept {
    const std::optional<ProcessEnding>& ending = worker.process.ending();
    if (worker.process.has_answered()) {
        has_answered_ = true;
    } else if (!ending || !options_.ended_on_purpose(*ending)) {
        ++early_deaths_;
    }
}

/// Keeps an error that concerns earlier answers, for close().
void ProcessPool::keep_fault(Error fault) {
    options_.warn(fault.message());
    if (!fault_) {
        fault_ = std::move(fault);
    }
}

Task<Result<std::string>> ProcessPool::ask(std::string question) {
    if (question.find('\n') != std::string::npos) {
        co_return bad_input(name() + ": a question must be one line");
    }
    std::string answer;
    const Coprocess::Take take = [&answer](AnswerCutter::Answers answers) {
        answer = std::move(answers.text);
        return done();
    };
    question += '\n';
    LineBlock block(std::move(question), 1);
    std::optional<ExchangeFailure> failure = co_await exchange(std::move(block), take);
    if (failure) {
        co_return std::move(failure->error);
    }
    answer.pop_back();
    co_return answer;
}

Task<std::optional<ExchangeFailure>> ProcessPool::exchange(LineBlock block,
                                                           const Coprocess::Take& take) {
    const Permit permit = co_await free_.acquire();
    if (const Result<void> open = check_open(); !open) {
        co_return not_attempted(open.error());
    }
    Lease lease(*this);
    if (lease.worker && lease.worker->process.has_surplus()) {
        // Fail the block instead of passing it to another worker at once: a command that prints a
        // line before its first answer may not have printed it there yet, and it would count as an
        // answer.
        const Error surplus = lease.worker->process.surplus();
        keep_fault(surplus);
        co_return not_attempted(surplus);
    }
    if (const Result<void> ready = make_ready(lease.worker); !ready) {
        co_return not_attempted(ready.error());
    }
    Worker& worker = *lease.worker;
    const std::size_t lines = block.lines;
    const TimePoint began = loop_.now();
    std::optional<ExchangeFailure> failure =
        co_await worker.process.exchange(std::move(block), take);
    if (failure) {
        count_end(worker);
        if (failure->surplus) {
            keep_fault(failure->error);
        }
        co_return failure;
    }
    lease.in_step = true;
    has_answered_ = true;
    worker.pace.record(lines, loop_.now() - began);
    co_return failure;
}

std::size_t ProcessPool::next_block_lines() const noexcept {
    return idle_.empty() || !idle_.front() ? 1 : idle_.front()->pace.lines();
}

void ProcessPool::signal(int number) noexcept {
    const auto send = [number](const WorkerPtr& worker) {
        if (worker) {
            worker->process.signal(number);
        }
    };
    std::for_each(idle_.begin(), idle_.end(), send);
    for (const Lease* lease : leases_) {
        send(lease->worker);
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
    TaskGroup group(context);
    for (const WorkerPtr& worker : idle_) {
        if (worker) {
            group.start(retire(*worker, grace));
        }
    }
    co_await group.join();
    for (WorkerPtr& worker : idle_) {
        worker.reset();
    }
    if (fault_) {
        co_return *std::exchange(fault_, std::nullopt);
    }
    co_return Result<void>();
}

Task<void> ProcessPool::retire(Worker& worker, Duration grace) {
    Result<void> ended = co_await worker.process.finish(grace);
    if (!ended && !fault_) {
        fault_ = std::move(ended).error();
    }
}

}  // namespace runnel
