#include "async/channel_state.hpp"

namespace runnel::detail {

void ChannelBase::close() {
    const std::lock_guard<std::mutex> lock(mutex_);
    close_locked();
    wake_loop();
}

void ChannelBase::leave_loop() {
    RUNNEL_ENSURE(getters_.empty() && putters_.empty(),
                  "a Channel was destroyed while tasks wait on it");
    const std::lock_guard<std::mutex> lock(mutex_);
    close_locked();
    scheduler_ = nullptr;
}

bool ChannelBase::closed() const {
    const std::lock_guard<std::mutex> lock(mutex_);
    return closed_;
}

void ChannelBase::close_locked() {
    closed_ = true;
    not_empty_.notify_all();
    not_full_.notify_all();
}

void ChannelBase::wake_loop() {
    if (!task_waits_ || wake_pending_ || scheduler_ == nullptr) {
        return;
    }
    wake_pending_ = true;
    scheduler_->call_from_thread([self = shared_from_this()] {
        const std::lock_guard<std::mutex> lock(self->mutex_);
        self->wake_pending_ = false;
        self->serve();
    });
}

}  // namespace runnel::detail
