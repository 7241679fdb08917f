#include "async/task_handle.hpp"

#include "async/debug.hpp"

namespace runnel::detail {

SpawnedTaskBase::~SpawnedTaskBase() {
    if (failed() && !seen_) {
        debug::report_unseen(failure_, made_);
    }
}

void SpawnedTaskBase::on_done(std::function<void()> callback) {
    if (is_done()) {
        scheduler_.call_from_thread(std::move(callback));
    } else {
        callbacks_.push_back(std::move(callback));
    }
}

void SpawnedTaskBase::end(TaskState state, std::exception_ptr failure) noexcept {
    state_ = state;
    failure_ = std::move(failure);
    done_.set();
    // A callback that registers another one finds the task done; that one runs in a later turn.
    const std::vector<std::function<void()>> callbacks = std::move(callbacks_);
    for (const std::function<void()>& callback : callbacks) {
        callback();
    }
}

}  // namespace runnel::detail
