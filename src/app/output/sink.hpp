#pragma once

#include <cstdint>
#include <memory>

#include "app/console/exit_status.hpp"
#include "async/task.hpp"
#include "async/task_group.hpp"
#include "base/error.hpp"
#include "pipeline/item_sink.hpp"

namespace runnel {

/// Takes what a run prints and acknowledges it, input by input: stdout, or a command that gets the
/// lines in batches. For the loop's thread.
class Sink {
public:
    Sink() = default;
    Sink(const Sink&) = delete;
    Sink& operator=(const Sink&) = delete;
    virtual ~Sink() = default;

    /// Opens the sink of one input. Once this sink is destroyed, it may only be destroyed as well.
    [[nodiscard]] virtual std::shared_ptr<ItemSink> open() = 0;

    /// Whether writable() would return at once.
    [[nodiscard]] virtual bool is_writable() const noexcept = 0;
    /// Waits until the sink can take more. Cancelled when stop is requested.
    [[nodiscard]] virtual Task<void> writable() = 0;

    /// Processes what the item sinks receive, by children of \a work, until closed. A stop of
    /// \a work does not end it: remaining batches are then concluded without an attempt. So it must
    /// not be run as a child of \a work.
    [[nodiscard]] virtual Task<void> serve(TaskGroup& work) = 0;
    /// Ends the input: serve() returns when everything has been started.
    virtual void close() = 0;
    /// Waits until the processes of the sink have ended. To be called after serve() and its
    /// children have ended. Cancelled when stop is requested.
    [[nodiscard]] virtual Task<void> finish() = 0;
    /// Settles all inputs that are still waiting. Those whose bytes were not written fail with
    /// \a reason. To be called after the last flush of stdout.
    virtual void settle_rest(const Error& reason) = 0;
    /// Returns the number of the last job (RUNNEL_JOB_ID); 0 if the sink has no jobs.
    [[nodiscard]] virtual std::uint64_t last_job() const noexcept { return 0; }
    /// Returns the exit status of the deliveries so far.
    [[nodiscard]] virtual ExitStatus status() const noexcept = 0;
};

}  // namespace runnel
