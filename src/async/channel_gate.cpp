#include "async/channel_gate.hpp"

#include "base/ensure.hpp"

namespace runnel::detail {

void ChannelGate::close() {
    const std::lock_guard<std::mutex> lock(mutex_);
    closed_ = true;
    not_empty_.notify_all();
    not_full_.notify_all();
    ring();
}

void ChannelGate::leave_loop() {
    RUNNEL_ENSURE(getters_.empty() && putters_.empty(), "a Channel died while tasks wait on it");
    const std::lock_guard<std::mutex> lock(mutex_);
    closed_ = true;
    scheduler_ = nullptr;
    not_empty_.notify_all();
    not_full_.notify_all();
}

bool ChannelGate::closed() const {
    const std::lock_guard<std::mutex> lock(mutex_);
    return closed_;
}

void ChannelGate::ring() {
    if (!task_waits_ || rung_ || scheduler_ == nullptr) {
        return;
    }
    rung_ = true;
    scheduler_->call_from_thread([self = shared_from_this()] {
        const std::lock_guard<std::mutex> lock(self->mutex_);
        self->rung_ = false;
        self->serve();
    });
}

}  // namespace runnel::detail
