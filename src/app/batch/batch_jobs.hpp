#pragma once

#include <cstddef>
#include <vector>

#include "async/semaphore.hpp"
#include "async/task.hpp"
#include "pipeline/batch_order.hpp"
#include "pipeline/in_flight.hpp"

namespace runnel {

/// The jobs of a batch run. Their number is fixed, but it decreases when the system refuses the
/// resources for so many: descriptors or processes.
class BatchJobs {
public:
    explicit BatchJobs(std::size_t jobs) : permits_(jobs) {}
    BatchJobs(const BatchJobs&) = delete;
    BatchJobs& operator=(const BatchJobs&) = delete;
    ~BatchJobs() = default;

    /// Waits for a free job. Hand it back with end().
    [[nodiscard]] auto acquire() noexcept { return permits_.acquire(); }
    /// Records that a job has got a batch.
    void begin() noexcept { at_work_.begin(); }
    /// Ends the work on a batch; \a job is empty afterwards. Frees the job, unless the number of
    /// jobs is to decrease.
    void end(Permit& job);

    /// Whether another job has begun, whose end may free the resources that the caller lacks.
    [[nodiscard]] bool another_at_work() const noexcept { return at_work_.has_others(); }
    /// Waits until another job, which must be at work, has ended. From then on there is one job
    /// less. Cancelled when stop is requested.
    [[nodiscard]] Task<void> end_another();

    /// Returns the number of jobs that have a batch.
    [[nodiscard]] std::size_t at_work() const noexcept { return at_work_.count(); }
    /// The order in which they print.
    [[nodiscard]] BatchOrder& order() noexcept { return order_; }

    [[nodiscard]] std::size_t count() const noexcept {
        return permits_.permits() - retired_.size();
    }

private:
    Semaphore permits_;
    std::vector<Permit> retired_;
    std::size_t to_retire_ = 0;
    InFlight at_work_;
    BatchOrder order_{at_work_};
};

}  // namespace runnel
