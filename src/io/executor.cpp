#include "io/executor.hpp"

#include "base/ensure.hpp"
#include "io/signals_blocked.hpp"

namespace runnel {

Executor::Executor(Scheduler& scheduler, std::size_t threads) : Executor(scheduler) {
    RUNNEL_ENSURE(threads > 0, "an Executor needs a thread");
    const SignalsBlocked blocked;
    threads_.reserve(threads);
    // If a thread cannot be created, the destructor joins the others, because this constructor
    // delegates.
    while (threads_.size() < threads) {
        threads_.emplace_back(&Executor::run_thread, this);
    }
}

Executor::~Executor() {
    RUNNEL_ENSURE(pending_ == 0, "an Executor was destroyed before its calls ended");
    {
        const std::lock_guard<std::mutex> lock(mutex_);
        ending_ = true;
    }
    queue_changed_.notify_all();
    for (std::thread& thread : threads_) {
        thread.join();
    }
}

void Executor::run_thread() {
    std::unique_lock<std::mutex> lock(mutex_);
    while (true) {
        queue_changed_.wait(lock, [this] { return ending_ || !queue_.empty(); });
        if (ending_) {
            return;
        }
        WorkItem& item = *queue_.front();
        queue_.pop_front();
        item.place_.reset();
        lock.unlock();
        item.call();
        lock.lock();
        finished_.push_back(&item);
        if (finished_.size() == 1) {
            // Unlock first, because the loop's thread wakes up and locks the mutex.
            lock.unlock();
            scheduler_.call_from_thread([this] { deliver(); });
            lock.lock();
        }
    }
}

void Executor::enqueue(WorkItem& item) {
    ++pending_;
    {
        const std::lock_guard<std::mutex> lock(mutex_);
        item.place_ = queue_.insert(queue_.end(), &item);
    }
    queue_changed_.notify_one();
}

bool Executor::withdraw(WorkItem& item) {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (!item.place_) {
        return false;
    }
    queue_.erase(*item.place_);
    item.place_.reset();
    return true;
}

void Executor::deliver() {
    std::vector<WorkItem*> finished;
    {
        const std::lock_guard<std::mutex> lock(mutex_);
        finished.swap(finished_);
    }
    for (WorkItem* item : finished) {
        item->end();
    }
}

void Executor::WorkItem::stop() noexcept {
    if (ended_) {
        return;
    }
    stopped_ = true;
    if (executor_.withdraw(*this)) {
        begun_ = false;
        end();
    }
}

void Executor::WorkItem::end() noexcept {
    ended_ = true;
    --executor_.pending_;
    finish();
}

bool Executor::WorkItem::stopped() {
    on_stop_.reset();
    leave();
    if (!begun_) {
        throw Cancelled();
    }
    return stopped_;
}

}  // namespace runnel
