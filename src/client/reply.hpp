#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/deadline.hpp"
#include "base/result.hpp"
#include "http/header.hpp"
#include "http/trace.hpp"

namespace runnel {

/// A response that was read to its end.
class Reply {
public:
    Reply() = default;

    int status = 0;
    http::Headers headers;  ///< Of the last hop, as they came: `Name: value`.
    std::string body;       ///< Decoded.
    http::Trace trace;      ///< What was seen on the wire: the last URL, addresses, times.

    /// From the first byte sent to the last one read, for the attempt that succeeded.
    [[nodiscard]] Duration took() const noexcept {
        return trace.total.value_or(std::chrono::microseconds::zero());
    }
    /// The value of a header, whatever the case of its name; of several the first.
    [[nodiscard]] std::optional<std::string> header(std::string_view name) const;
    /// The value in a JSON body that an RFC 6901 pointer such as `/user/name` leads to: a string
    /// without quotes and escapes, anything else as JSON. For bodies of moderate size: each call
    /// reads all of it. Fails with ErrorClass::Extract, or BadInput for what is no pointer.
    [[nodiscard]] Result<std::string> json(std::string_view pointer) const;
};

}  // namespace runnel
