#include "io/future.hpp"

#include "async/debug.hpp"

namespace runnel::detail {

TaskState FutureStateBase::state() const {
    const std::lock_guard<std::mutex> lock(mutex_);
    return state_;
}

std::exception_ptr FutureStateBase::failure() const {
    const std::lock_guard<std::mutex> lock(mutex_);
    return failure_;
}

bool FutureStateBase::seen() const {
    const std::lock_guard<std::mutex> lock(mutex_);
    return seen_;
}

void FutureStateBase::set_runner(std::thread::id thread, std::function<void()> request_stop) {
    const std::lock_guard<std::mutex> lock(mutex_);
    thread_ = thread;
    request_stop_ = std::move(request_stop);
}

void FutureStateBase::cancel() {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (request_stop_) {
        request_stop_();
    }
}

void FutureStateBase::require_other_thread() const {
    RUNNEL_ENSURE(ended() || std::this_thread::get_id() != thread_,
                  "the thread of a loop waits for one of its own tasks");
}

bool FutureStateBase::wait_until(Deadline deadline) {
    std::unique_lock<std::mutex> lock(mutex_);
    require_other_thread();
    if (deadline.is_never()) {
        changed_.wait(lock, [this] { return ended(); });
        return true;
    }
    return changed_.wait_until(lock, deadline.when(), [this] { return ended(); });
}

std::unique_lock<std::mutex> FutureStateBase::wait_for_outcome() {
    std::unique_lock<std::mutex> lock(mutex_);
    require_other_thread();
    changed_.wait(lock, [this] { return ended(); });
    seen_ = true;
    return lock;
}

void FutureStateBase::abandon() noexcept {
    std::unique_lock<std::mutex> lock(mutex_);
    abandoned_ = true;
    const bool unseen = failure_ != nullptr && !seen_;
    lock.unlock();
    if (unseen) {
        report();
    }
}

void FutureStateBase::begin() {
    const std::lock_guard<std::mutex> lock(mutex_);
    state_ = TaskState::Running;
}

void FutureStateBase::report() const noexcept { debug::report_unseen(failure_, made_); }

}  // namespace runnel::detail
