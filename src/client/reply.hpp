#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/deadline.hpp"
#include "base/result.hpp"
#include "http/header.hpp"
#include "http/trace.hpp"

namespace runnel {

/// A complete response.
class Reply {
public:
    Reply() = default;

    int status = 0;
    http::Headers headers;  ///< Of the last hop, as received: `Name: value`.
    std::string body;       ///< Decoded.
    http::Trace trace;      ///< The last URL, addresses and times.

    /// Returns the total time of the successful attempt, with its redirects.
    [[nodiscard]] Duration took() const noexcept {
        return trace.total.value_or(std::chrono::microseconds::zero());
    }
    /// Returns the value of the first header called \a name, ignoring case; nullopt if there is
    /// none.
    [[nodiscard]] std::optional<std::string> header(std::string_view name) const;
    /// Returns the value at an RFC 6901 pointer such as `/user/name` in a JSON body: a string
    /// without quotes and escapes, any other value as JSON. Each call parses the whole body. Errors
    /// are ErrorClass::Extract, or ErrorClass::BadInput for an invalid pointer.
    [[nodiscard]] Result<std::string> json(std::string_view pointer) const;
};

}  // namespace runnel
