#pragma once

#include "app/log.hpp"

namespace runnel {

/// Sends what debugging finds to the log while it lives: as warnings, which follow -q and a slow
/// reader of stderr. The log belongs to the thread that makes this; what another one finds is
/// printed at once.
class LogsFindings {
public:
    explicit LogsFindings(Log& log);
    LogsFindings(const LogsFindings&) = delete;
    LogsFindings& operator=(const LogsFindings&) = delete;
    ~LogsFindings();
};

}  // namespace runnel
