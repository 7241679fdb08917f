#pragma once

#include <bitset>

#include "app/console/log.hpp"
#include "pipeline/record.hpp"

namespace runnel {

/// Tells of inputs that did not end well, one line each; what a class of failure means is said the
/// first time it occurs.
class FailureLog {
public:
    /// \a log must outlive this.
    explicit FailureLog(Log& log) : log_(log) {}

    /// \a record has a failure.
    void tell(const Record& record);

private:
    Log& log_;
    std::bitset<32> explained_;
};

}  // namespace runnel
