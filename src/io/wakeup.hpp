#pragma once

#include <uv.h>

#include <functional>
#include <utility>

#include "io/handle.hpp"
#include "io/loop.hpp"

namespace runnel {

/// Lets another thread have a function called on the loop's thread. Created and destroyed on the
/// loop's thread; after that, wake-ups that are still on their way have no effect.
class Wakeup {
public:
    /// \a callback runs on the loop's thread. It may set events and post tasks, but must not resume
    /// a task or destroy this object. \a loop must outlive this.
    Wakeup(Loop& loop, std::function<void()> callback)
        : callback_(std::move(callback)),
          async_(make_handle(uv_async_init, loop.raw(), this, call_member<Wakeup, &Wakeup::call>)) {
    }
    Wakeup(const Wakeup&) = delete;
    Wakeup& operator=(const Wakeup&) = delete;
    ~Wakeup() = default;

    /// Has the callback called in a later turn of the loop; several calls may be answered by one.
    /// May be called from any thread, as long as this lives.
    void send() noexcept { uv_async_send(async_.get()); }

private:
    void call() { callback_(); }

    std::function<void()> callback_;
    HandlePtr<uv_async_t> async_;
};

}  // namespace runnel
