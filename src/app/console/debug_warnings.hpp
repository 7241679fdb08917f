#pragma once

#include "app/console/log.hpp"

namespace runnel {

/// Sends what debugging finds to the log while it lives: as warnings, which follow -q and a slow
/// reader of stderr. The log belongs to the thread that makes this; what another one finds is
/// printed at once.
class LogsDebugWarnings {
public:
    explicit LogsDebugWarnings(Log& log);
    LogsDebugWarnings(const LogsDebugWarnings&) = delete;
    LogsDebugWarnings& operator=(const LogsDebugWarnings&) = delete;
    ~LogsDebugWarnings();
};

}  // namespace runnel
