#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace runnel {

/// Appends \a c as `%XX`.
void append_percent_encoded(std::string& out, char c);

/// Returns \a text with all bytes except the unreserved characters of RFC 3986 (letters, digits,
/// `-._~`) written as `%XX`, so that it is a single component of a URL.
[[nodiscard]] std::string percent_encode(std::string_view text);

/// A URL with placeholders for a line: `https://host/v1/{}`.
class UrlTemplate {
public:
    /// Fails with ErrorClass::BadInput if \a text contains no `{}`, or cannot become a valid URL.
    [[nodiscard]] static Result<UrlTemplate> parse(std::string_view text);

    /// Returns the URL with \a line, percent-encoded, in place of each `{}`. It may be invalid if a
    /// placeholder is in the host name.
    [[nodiscard]] std::string fill(std::string_view line) const;

private:
    explicit UrlTemplate(std::vector<std::string> pieces) : pieces_(std::move(pieces)) {}

    std::vector<std::string> pieces_;  ///< Text around the placeholders.
};

}  // namespace runnel
