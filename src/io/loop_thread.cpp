#include "io/loop_thread.hpp"

#include <future>

#include "async/run.hpp"
#include "async/sleep.hpp"
#include "base/ensure.hpp"
#include "io/signals_blocked.hpp"

namespace runnel {

LoopThread::LoopThread() {
    std::promise<void> running;
    const std::future<void> runs = running.get_future();
    {
        const SignalsBlocked blocked;
        thread_ = std::thread([this, running = std::move(running)]() mutable {
            run(loop_, serve(std::move(running)));
        });
    }
    runs.wait();
}

LoopThread::~LoopThread() { static_cast<void>(finalize(Duration::zero())); }

Task<void> LoopThread::serve(std::promise<void> running) {
    const Context& context = co_await this_task::context();
    TaskGroup group(context);
    group_ = &group;
    idle_.set();
    co_await yield_now();
    running.set_value();
    co_await ending_.wait();
    co_await idle_.wait_until(finalize_deadline_);
    for (auto& [ticket, submission] : running_) {
        cancelled_.push_back(submission.future->made());
        submission.handle.cancel();
    }
    co_await group.join();
}

void LoopThread::enqueue(Task<void> task, std::shared_ptr<detail::FutureStateBase> future) {
    std::unique_lock<std::mutex> lock(mutex_);
    if (finalized_) {
        lock.unlock();  // because what the task owns may call submit() when it is destroyed
        std::move(task).discard();
        return;
    }
    const Ticket ticket = ++last_ticket_;
    future->set_runner(thread_.get_id(), [this, ticket] {
        loop_.call_from_thread([this, ticket] { cancel(ticket); });
    });
    // A std::function must be copyable.
    auto shared = std::make_shared<Task<void>>(std::move(task));
    loop_.call_from_thread([this, ticket, shared = std::move(shared), future = std::move(future)] {
        start(ticket, std::move(*shared), future);
    });
}

void LoopThread::start(Ticket ticket, Task<void> task,
                       std::shared_ptr<detail::FutureStateBase> future) {
    TaskHandle<void> handle = group_->spawn(std::move(task), future->made());
    running_.emplace(ticket, Submission(handle, std::move(future)));
    idle_.clear();
    handle.on_done([this, ticket] { on_done(ticket); });
}

void LoopThread::cancel(Ticket ticket) noexcept {
    if (const auto found = running_.find(ticket); found != running_.end()) {
        found->second.handle.cancel();
    }
}

void LoopThread::on_done(Ticket ticket) {
    auto node = running_.extract(ticket);
    std::shared_ptr<detail::FutureStateBase>& future = node.mapped().future;
    if (future->failure() != nullptr && !future->seen()) {
        failed_.add(std::move(future));
    }
    if (running_.empty()) {
        idle_.set();
    }
}

LoopThread::Leftovers LoopThread::finalize(Duration timeout) {
    RUNNEL_ENSURE(std::this_thread::get_id() != thread_.get_id(),
                  "a LoopThread was finalized by one of its own tasks");
    Leftovers leftovers;
    if (!thread_.joinable()) {
        return leftovers;
    }
    {
        const std::lock_guard<std::mutex> lock(mutex_);
        finalized_ = true;
    }
    // Every accepted submission has called call_from_thread() by now, so it is handled first.
    const Deadline deadline = Deadline::within(Clock::now(), timeout);
    loop_.call_from_thread([this, deadline] {
        finalize_deadline_ = deadline;
        ending_.set();
    });
    thread_.join();
    leftovers.cancelled = std::move(cancelled_);
    for (const auto& future : failed_.take()) {
        leftovers.failures.push_back(Failure{future->made(), future->failure()});
    }
    return leftovers;
}

}  // namespace runnel
