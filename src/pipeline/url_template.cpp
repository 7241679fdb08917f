#include "pipeline/url_template.hpp"

#include <fmt/format.h>

#include "base/text.hpp"
#include "http/url.hpp"

namespace runnel {

namespace {

constexpr std::string_view kPlaceholder = "{}";

bool is_unreserved(char c) noexcept {
    return is_letter(c) || is_digit(c) || c == '-' || c == '.' || c == '_' || c == '~';
}

}  // namespace

void append_percent_encoded(std::string& out, char c) {
    constexpr std::string_view kDigits = "0123456789ABCDEF";
    const auto byte = static_cast<unsigned char>(c);
    out += '%';
    out += kDigits[byte >> 4U];
    out += kDigits[byte & 0xfU];
}

std::string percent_encode(std::string_view text) {
    std::string encoded;
    encoded.reserve(text.size());
    for (const char c : text) {
        if (is_unreserved(c)) {
            encoded += c;
        } else {
            append_percent_encoded(encoded, c);
        }
    }
    return encoded;
}

Result<UrlTemplate> UrlTemplate::parse(std::string_view text) {
    std::vector<std::string> pieces;
    std::string_view rest = text;
    for (std::size_t place = rest.find(kPlaceholder); place != std::string_view::npos;
         place = rest.find(kPlaceholder)) {
        pieces.emplace_back(rest.substr(0, place));
        rest.remove_prefix(place + kPlaceholder.size());
    }
    if (pieces.empty()) {
        return bad_input(
            fmt::format("\"{}\" has no {{}} to put a line in", http::without_userinfo(text)));
    }
    pieces.emplace_back(rest);
    UrlTemplate made(std::move(pieces));
    // A digit is valid in a path, a query, a host name and a port.
    const Result<http::Url> probe = http::Url::parse(made.fill("1"));
    if (!probe) {
        return bad_input("with 1 in place of {}: " + probe.error().message());
    }
    return made;
}

std::string UrlTemplate::fill(std::string_view line) const {
    const std::string encoded = percent_encode(line);
    std::string url = pieces_.front();
    for (std::size_t i = 1; i < pieces_.size(); ++i) {
        url += encoded;
        url += pieces_[i];
    }
    return url;
}

}  // namespace runnel
