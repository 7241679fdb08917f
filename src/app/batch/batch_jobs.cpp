#include "app/batch/batch_jobs.hpp"

#include <utility>

namespace runnel {

void BatchJobs::end(Permit& job) {
    Permit ended = std::move(job);
    if (to_retire_ > 0 && count() > 1) {
        --to_retire_;
        retired_.push_back(std::move(ended));
    } else {
        ended.release();
    }
    at_work_.end();
}

Task<void> BatchJobs::end_another() {
    ++to_retire_;
    co_await at_work_.end_of_another();
}

}  // namespace runnel
