#pragma once

#include <map>

#include "base/deadline.hpp"

struct MHD_Connection;

namespace runnel::mock {

/// Connections that are suspended for a time. For the server's thread.
class Pauses {
public:
    /// Suspends \a connection. To be called from one of its callbacks, which then returns without
    /// an answer or bytes. libmicrohttpd repeats the callback after \a moment.
    void pause_until(MHD_Connection* connection, TimePoint moment);

    /// Returns the earliest moment at which a connection is due.
    [[nodiscard]] Deadline next() const noexcept;
    /// Resumes the connections that are due at \a now.
    void resume_due(TimePoint now);
    /// Resumes all connections; libmicrohttpd cannot stop before that.
    void resume_all() { resume_due(TimePoint::max()); }

private:
    std::multimap<TimePoint, MHD_Connection*> paused_;
};

}  // namespace runnel::mock
