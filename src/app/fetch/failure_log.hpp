#pragma once

#include <bitset>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "app/console/log.hpp"
#include "pipeline/record.hpp"

namespace runnel {

/// Logs failed inputs, one line each, and the inputs that the end of the run cancelled, one line
/// for all of a class. Explains a class of failure the first time it occurs.
class FailureLog {
public:
    /// \a log must outlive this.
    explicit FailureLog(Log& log) : log_(log) {}

    /// Logs the failure of \a record, which must have one. Only counts a cancelled input.
    void log(const Record& record);
    /// Logs the cancelled inputs: their number, and the first of them.
    void log_cancelled();

private:
    /// The inputs of one class that were cancelled.
    struct Cancelled {
        std::uint64_t count = 0;
        std::string first;  ///< The place of the first one.
        std::string why;
    };

    void log(std::string_view place, ErrorClass error_class, std::string_view why);

    Log& log_;
    std::map<ErrorClass, Cancelled> cancelled_;
    std::bitset<32> explained_;
};

}  // namespace runnel
