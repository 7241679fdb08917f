#include "mock/pauses.hpp"

#include <microhttpd.h>

namespace runnel::mock {

void Pauses::pause_until(MHD_Connection* connection, TimePoint moment) {
    paused_.emplace(moment, connection);
    MHD_suspend_connection(connection);
}

Deadline Pauses::next() const noexcept {
    return paused_.empty() ? Deadline::never() : Deadline(paused_.begin()->first);
}

void Pauses::resume_due(TimePoint now) {
    const auto end = paused_.upper_bound(now);
    for (auto paused = paused_.begin(); paused != end; ++paused) {
        MHD_resume_connection(paused->second);
    }
    paused_.erase(paused_.begin(), end);
}

}  // namespace runnel::mock
