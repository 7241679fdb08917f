#include "io/signals.hpp"

#include <csignal>

namespace runnel {

namespace {

/// Maximum number of signals kept until next() returns them; more would add no information.
constexpr std::size_t kMaxReceived = 16;

}  // namespace

bool is_ignored(int signal) noexcept {
    struct sigaction action = {};
    return ::sigaction(signal, nullptr, &action) == 0 && action.sa_handler == SIG_IGN;
}

Signals::Signals(Loop& loop) : received_(kMaxReceived) {
    watch(loop, SIGINT);
    watch(loop, SIGTERM);
    if (!is_ignored(SIGHUP)) {
        watch(loop, SIGHUP);
    }
}

void Signals::watch(Loop& loop, int signal) {
    watches_.push_back(make_handle(uv_signal_init, loop.raw(), this));
    const auto callback = call_member<Signals, &Signals::on_signal>;
    require_uv(uv_signal_start(watches_.back().get(), callback, signal), "uv_signal_start");
}

void Signals::on_signal(int signal) {
    if (!first_) {
        first_ = signal;
    }
    static_cast<void>(received_.try_put(static_cast<int&&>(signal)));
}

Task<int> Signals::next() {
    const std::optional<int> signal = co_await received_.get();
    co_return *signal;
}

}  // namespace runnel
