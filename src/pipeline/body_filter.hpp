#pragma once

#include <string>
#include <string_view>

#include "base/result.hpp"

namespace runnel {

/// Produces the output for a body from its chunks. One filter per body.
class BodyFilter {
public:
    virtual ~BodyFilter() = default;

    /// Appends the output that \a chunk completes to \a out. On failure, \a out has the output
    /// before the failure, and the filter must not be used any further.
    [[nodiscard]] virtual Result<void> feed(std::string_view chunk, std::string& out) = 0;
    /// Appends the remaining output at the end of the body.
    [[nodiscard]] virtual Result<void> finish(std::string& out) = 0;
};

}  // namespace runnel
