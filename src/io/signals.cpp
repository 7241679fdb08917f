#include "io/signals.hpp"

#include <csignal>

#include "io/uv_error.hpp"

namespace runnel {

namespace {

/// More that nobody has taken tell nothing new.
constexpr std::size_t kKept = 16;

bool is_ignored(int signal) {
    struct sigaction action = {};
    return ::sigaction(signal, nullptr, &action) == 0 && action.sa_handler == SIG_IGN;
}

}  // namespace

Signals::Signals(Loop& loop) : waiting_(kKept) {
    watch(loop, SIGINT);
    watch(loop, SIGTERM);
    if (!is_ignored(SIGHUP)) {
        watch(loop, SIGHUP);
    }
}

void Signals::watch(Loop& loop, int signal) {
    auto* handle = new uv_signal_t;
    handle->data = this;
    const int status = uv_signal_init(loop.raw(), handle);
    if (status != 0) {
        delete handle;
    }
    require_uv(status, "uv_signal_init");
    watches_.emplace_back(handle);
    const auto on_signal = [](uv_signal_t* told, int number) {
        if (auto* self = static_cast<Signals*>(told->data)) {
            self->came(number);
        }
    };
    require_uv(uv_signal_start(handle, on_signal, signal), "uv_signal_start");
}

void Signals::came(int signal) {
    if (!first_) {
        first_ = signal;
    }
    static_cast<void>(waiting_.try_put(static_cast<int&&>(signal)));
}

Task<int> Signals::next() {
    const std::optional<int> signal = co_await waiting_.get();
    co_return *signal;
}

}  // namespace runnel
