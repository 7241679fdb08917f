#pragma once

#include <string>
#include <string_view>

namespace runnel::http {

/// What the headers of a response say about its body and about where to go on, as far as libcurl
/// does not tell it.
class ResponseHead {
public:
    /// Takes one header; white space around \a value is removed.
    void take(std::string_view name, std::string_view value);

    /// The first Location; empty if there is none.
    [[nodiscard]] const std::string& location() const noexcept { return location_; }
    /// All Content-Encoding headers, joined by commas.
    [[nodiscard]] const std::string& encoding() const noexcept { return encoding_; }
    /// Whether the body is sent in chunks.
    [[nodiscard]] bool chunked() const noexcept { return chunked_; }

private:
    std::string location_;
    std::string encoding_;
    bool chunked_ = false;
};

}  // namespace runnel::http
