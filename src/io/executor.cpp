#include "io/executor.hpp"

#include "base/ensure.hpp"
#include "io/signals_blocked.hpp"

namespace runnel {

Executor::Executor(Scheduler& scheduler, std::size_t threads) : Executor(scheduler) {
    RUNNEL_ENSURE(threads > 0, "an Executor needs a thread");
    const SignalsBlocked blocked;
    threads_.reserve(threads);
    // When the system has no thread left, the destructor joins those there are: this constructor
    // delegates.
    while (threads_.size() < threads) {
        threads_.emplace_back(&Executor::work, this);
    }
}

Executor::~Executor() {
    RUNNEL_ENSURE(in_hand_ == 0, "an Executor died before its calls were over");
    {
        const std::lock_guard<std::mutex> lock(mutex_);
        ending_ = true;
    }
    work_changed_.notify_all();
    for (std::thread& thread : threads_) {
        thread.join();
    }
}

void Executor::work() {
    std::unique_lock<std::mutex> lock(mutex_);
    while (true) {
        work_changed_.wait(lock, [this] { return ending_ || !queue_.empty(); });
        if (ending_) {
            return;
        }
        Job& job = *queue_.front();
        queue_.pop_front();
        job.place_.reset();
        lock.unlock();
        job.call();
        lock.lock();
        finished_.push_back(&job);
        if (finished_.size() == 1) {
            // Without the mutex: the loop's thread wakes up and wants it.
            lock.unlock();
            scheduler_.call_from_thread([this] { deliver(); });
            lock.lock();
        }
    }
}

void Executor::enqueue(Job& job) {
    ++in_hand_;
    {
        const std::lock_guard<std::mutex> lock(mutex_);
        job.place_ = queue_.insert(queue_.end(), &job);
    }
    work_changed_.notify_one();
}

bool Executor::withdraw(Job& job) {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (!job.place_) {
        return false;
    }
    queue_.erase(*job.place_);
    job.place_.reset();
    return true;
}

void Executor::deliver() {
    std::vector<Job*> finished;
    {
        const std::lock_guard<std::mutex> lock(mutex_);
        finished.swap(finished_);
    }
    for (Job* job : finished) {
        job->end();
    }
}

void Executor::Job::stop() noexcept {
    if (over_) {
        return;
    }
    stopped_ = true;
    if (executor_.withdraw(*this)) {
        begun_ = false;
        end();
    }
}

void Executor::Job::end() noexcept {
    over_ = true;
    --executor_.in_hand_;
    finish();
}

bool Executor::Job::stopped() {
    on_stop_.reset();
    leave();
    if (!begun_) {
        throw Cancelled();
    }
    return stopped_;
}

}  // namespace runnel
