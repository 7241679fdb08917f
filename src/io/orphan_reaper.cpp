#include "io/orphan_reaper.hpp"

#include <csignal>

#include "io/child.hpp"

namespace runnel {

OrphanReaper::OrphanReaper(Loop& loop) {
    if (!detail::Child::adopts_orphans()) {
        return;
    }
    watch_ = make_handle(uv_signal_init, loop.raw(), this);
    const auto callback = call_member<OrphanReaper, &OrphanReaper::on_exit>;
    require_uv(uv_signal_start(watch_.get(), callback, SIGCHLD), "uv_signal_start");
}

void OrphanReaper::on_exit(int /*signal*/) { detail::Child::reap_orphans(); }

}  // namespace runnel
