#include "io/debug_signal.hpp"

#include <csignal>

#include "async/debug.hpp"
#include "async/waits.hpp"

namespace runnel {

DebugSignal::DebugSignal(Loop& loop) {
    if (!debug::enabled()) {
        return;
    }
    watch_ = make_handle(uv_signal_init, loop.raw(), &loop);
    const auto on_signal = [](uv_signal_t* handle, int /*signal*/) {
        if (const auto* owner = static_cast<Loop*>(handle->data)) {
            debug::dump(*owner);
        }
    };
    require_uv(uv_signal_start(watch_.get(), on_signal, SIGUSR1), "uv_signal_start");
}

}  // namespace runnel
