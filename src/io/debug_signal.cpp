#include "io/debug_signal.hpp"

#include <csignal>

#include "async/debug.hpp"
#include "async/waits.hpp"
#include "io/uv_error.hpp"

namespace runnel {

DebugSignal::DebugSignal(Loop& loop) {
    if (!debug::enabled()) {
        return;
    }
    auto* handle = new uv_signal_t;
    handle->data = &loop;
    require_uv(uv_signal_init(loop.raw(), handle), "uv_signal_init");
    watch_.reset(handle);
    const auto on_signal = [](uv_signal_t* told, int /*signal*/) {
        if (const auto* of = static_cast<Loop*>(told->data)) {
            debug::dump(*of);
        }
    };
    require_uv(uv_signal_start(handle, on_signal, SIGUSR1), "uv_signal_start");
}

}  // namespace runnel
