#pragma once

#include <uv.h>

#include <functional>

#include "io/handle.hpp"
#include "io/loop.hpp"

namespace runnel {

/// Lets a thread tell the loop's thread that there is something to see. Made and dropped on the
/// loop's thread; dropping it makes the rings that were not answered yet harmless.
class Wakeup {
public:
    /// \a answer runs on the loop's thread; it may mark and post, and resumes nobody. It must not
    /// drop the doorbell. \a loop must outlive this.
    Wakeup(Loop& loop, std::function<void()> answer);
    Wakeup(const Wakeup&) = delete;
    Wakeup& operator=(const Wakeup&) = delete;
    ~Wakeup() = default;

    /// Has the answer run in a later turn; several rings may get one answer. From any thread; the
    /// thread must have ended when this dies.
    void ring() noexcept { uv_async_send(async_.get()); }

private:
    std::function<void()> answer_;
    HandlePtr<uv_async_t> async_;
};

}  // namespace runnel
