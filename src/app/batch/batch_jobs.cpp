#include "app/batch/batch_jobs.hpp"

#include <utility>

#include "base/ensure.hpp"

namespace runnel {

/// A job that waits for the end of another one.
class BatchJobs::Waiting {
public:
    explicit Waiting(BatchJobs& jobs) : jobs_(jobs) { jobs.waiting_.push_back(&ended); }
    Waiting(const Waiting&) = delete;
    Waiting& operator=(const Waiting&) = delete;
    ~Waiting() { jobs_.waiting_.remove(&ended); }

    Event ended;

private:
    BatchJobs& jobs_;
};

void BatchJobs::end(Permit& job) {
    --at_work_;
    Permit ended = std::move(job);
    if (to_retire_ > 0 && count() > 1) {
        --to_retire_;
        retired_.push_back(std::move(ended));
    } else {
        ended.release();
    }
    if (!waiting_.empty()) {
        waiting_.front()->set();
        waiting_.pop_front();
    }
}

Task<void> BatchJobs::end_another() {
    RUNNEL_ENSURE(another_at_work(), "a job waits for the end of others that wait as well");
    ++to_retire_;
    Waiting waiting(*this);
    co_await waiting.ended.wait();
}

}  // namespace runnel
