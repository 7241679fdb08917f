#pragma once

#include <string>
#include <string_view>

#include "base/result.hpp"

namespace runnel::http {

/// What the headers of a response say about its body and about where to go on. libcurl interprets
/// them as well; this has what it does not tell, and refuses what it takes too easily.
class ResponseHead {
public:
    /// Takes one header. Fails with ErrorClass::Protocol if it is a Content-Length that is not a
    /// number, or another one than before: then it is unknown where the body ends.
    [[nodiscard]] Result<void> take(std::string_view name, std::string_view value);

    /// The first Location; empty if there is none.
    [[nodiscard]] const std::string& location() const noexcept { return location_; }
    /// All Content-Encoding headers, joined by commas.
    [[nodiscard]] const std::string& encoding() const noexcept { return encoding_; }
    /// Whether the body is sent in chunks.
    [[nodiscard]] bool chunked() const noexcept { return chunked_; }

private:
    [[nodiscard]] Result<void> take_length(std::string_view value);

    std::string location_;
    std::string encoding_;
    std::string length_;
    bool chunked_ = false;
};

}  // namespace runnel::http
