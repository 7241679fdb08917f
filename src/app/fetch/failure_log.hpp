#pragma once

#include <bitset>

#include "app/console/log.hpp"
#include "pipeline/record.hpp"

namespace runnel {

/// Logs failed inputs, one line each. Explains a class of failure the first time it occurs.
class FailureLog {
public:
    /// \a log must outlive this.
    explicit FailureLog(Log& log) : log_(log) {}

    /// Logs the failure of \a record, which must have one.
    void log(const Record& record);

private:
    Log& log_;
    std::bitset<32> explained_;
};

}  // namespace runnel
