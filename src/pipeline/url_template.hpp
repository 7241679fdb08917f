#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace runnel {

/// \a text with every byte but the unreserved characters of RFC 3986 (letters, digits, `-._~`)
/// written as `%XX`, so that it is one piece of a URL whatever it holds.
[[nodiscard]] std::string percent_encode(std::string_view text);

/// A URL with a place for each line: `https://host/v1/{}`.
class UrlTemplate {
public:
    /// Fails with ErrorClass::BadInput when there is no `{}` in \a text, or when no line could make
    /// a URL of it.
    [[nodiscard]] static Result<UrlTemplate> parse(std::string_view text);

    /// The URL with \a line, percent-encoded, in every place. It may still be no good one, where a
    /// place is in the host name.
    [[nodiscard]] std::string fill(std::string_view line) const;

private:
    explicit UrlTemplate(std::vector<std::string> pieces) : pieces_(std::move(pieces)) {}

    std::vector<std::string> pieces_;  ///< What stands around the places.
};

}  // namespace runnel
