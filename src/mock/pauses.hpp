#pragma once

#include <map>

#include "base/deadline.hpp"

struct MHD_Connection;

namespace runnel::mock {

/// The connections that libmicrohttpd leaves alone until a moment. For the server's thread.
class Pauses {
public:
    /// From inside a callback of \a connection, which then returns without an answer or bytes. When
    /// the moment has come, libmicrohttpd makes the same call again.
    void pause_until(MHD_Connection* connection, TimePoint moment);

    /// The moment that comes first.
    [[nodiscard]] Deadline next() const noexcept;
    /// Lets go on whose moment has come by \a now.
    void resume_due(TimePoint now);
    /// All of them; libmicrohttpd does not stop while a connection is paused.
    void resume_all() { resume_due(TimePoint::max()); }

private:
    std::multimap<TimePoint, MHD_Connection*> paused_;
};

}  // namespace runnel::mock
