#include "io/loop_thread.hpp"

#include <future>

#include "async/run.hpp"
#include "async/sleep.hpp"
#include "base/ensure.hpp"
#include "io/signals_blocked.hpp"

namespace runnel {

LoopThread::LoopThread() {
    std::promise<void> turning;
    const std::future<void> turns = turning.get_future();
    {
        const SignalsBlocked blocked;
        thread_ = std::thread([this, turning = std::move(turning)]() mutable {
            run(loop_, serve(std::move(turning)));
        });
    }
    turns.wait();
}

LoopThread::~LoopThread() { static_cast<void>(finalize(Duration::zero())); }

Task<void> LoopThread::serve(std::promise<void> turning) {
    const Context& context = co_await this_task::context();
    TaskGroup group(context);
    group_ = &group;
    idle_.set();
    co_await yield_now();
    turning.set_value();
    co_await ending_.wait();
    co_await idle_.wait_until(patience_);
    for (auto& [ticket, submission] : running_) {
        cancelled_.push_back(submission.future->made());
        submission.handle.cancel();
    }
    co_await group.join();
}

void LoopThread::hand_over(Task<void> work, std::shared_ptr<detail::FutureStateBase> future) {
    std::unique_lock<std::mutex> lock(mutex_);
    if (finalized_) {
        lock.unlock();  // what the task was given may come back to us when it dies
        std::move(work).discard();
        return;
    }
    const Ticket ticket = ++last_ticket_;
    future->set_runner(thread_.get_id(), [this, ticket] {
        loop_.call_from_thread([this, ticket] { cancel(ticket); });
    });
    // A std::function wants to be copyable.
    auto shared = std::make_shared<Task<void>>(std::move(work));
    loop_.call_from_thread([this, ticket, shared = std::move(shared), future = std::move(future)] {
        adopt(ticket, std::move(*shared), future);
    });
}

void LoopThread::adopt(Ticket ticket, Task<void> work,
                       std::shared_ptr<detail::FutureStateBase> future) {
    TaskHandle<void> handle = group_->spawn(std::move(work), future->made());
    running_.emplace(ticket, Submission(handle, std::move(future)));
    idle_.clear();
    handle.on_done([this, ticket] { ended(ticket); });
}

void LoopThread::cancel(Ticket ticket) noexcept {
    if (const auto found = running_.find(ticket); found != running_.end()) {
        found->second.handle.cancel();
    }
}

void LoopThread::ended(Ticket ticket) {
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
                  "a LoopThread was finalized by a task of its own");
    Leftovers leftovers;
    if (!thread_.joinable()) {
        return leftovers;
    }
    {
        const std::lock_guard<std::mutex> lock(mutex_);
        finalized_ = true;
    }
    // Every submission is on its way by now, before this call.
    const Deadline deadline = Deadline::within(Clock::now(), timeout);
    loop_.call_from_thread([this, deadline] {
        patience_ = deadline;
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
