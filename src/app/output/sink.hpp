#pragma once

#include <memory>

#include "app/console/exit_status.hpp"
#include "async/task.hpp"
#include "async/task_group.hpp"
#include "base/error.hpp"
#include "pipeline/item_sink.hpp"

namespace runnel {

/// Who takes what a run prints, and says when it was taken: stdout, or a command that gets it in
/// batches. For the loop's thread.
class Sink {
public:
    Sink() = default;
    Sink(const Sink&) = delete;
    Sink& operator=(const Sink&) = delete;
    virtual ~Sink() = default;

    /// For one input. It must not outlive this but to be dropped.
    [[nodiscard]] virtual std::shared_ptr<ItemSink> open() = 0;

    /// Whether more can be taken at once.
    [[nodiscard]] virtual bool is_writable() const noexcept = 0;
    /// Waits until it can. Cancelled when stop is requested.
    [[nodiscard]] virtual Task<void> writable() = 0;

    /// As long as the destination is open: deals with what it was given, by children of \a work
    /// that conclude what they have when they are asked to stop. Hears no stop itself.
    [[nodiscard]] virtual Task<void> serve(TaskGroup& work) = 0;
    /// Nothing more will come: serve() ends when everything is in hand.
    virtual void close() = 0;
    /// When all of that has ended: waits until nothing runs any more for the destination.
    /// Cancelled when stop is requested.
    [[nodiscard]] virtual Task<void> finish() = 0;
    /// At the very end, when stdout has had its time: nobody waits any longer to hear what became
    /// of what was printed. What was not taken was not because of \a reason.
    virtual void settle_rest(const Error& reason) = 0;
    /// What the process shall tell of it.
    [[nodiscard]] virtual ExitStatus status() const noexcept = 0;
};

}  // namespace runnel
