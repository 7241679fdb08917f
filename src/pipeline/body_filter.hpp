#pragma once

#include <string>
#include <string_view>

#include "base/result.hpp"

namespace runnel {

/// What is printed of a body, made of its chunks as they come. One filter for one body.
class BodyFilter {
public:
    virtual ~BodyFilter() = default;

    /// Appends what \a chunk completes to \a out. When it fails, what came before the failure is in
    /// \a out, and the filter is of no more use.
    [[nodiscard]] virtual Result<void> feed(std::string_view chunk, std::string& out) = 0;
    /// The body is complete: appends the rest.
    [[nodiscard]] virtual Result<void> finish(std::string& out) = 0;
};

}  // namespace runnel
