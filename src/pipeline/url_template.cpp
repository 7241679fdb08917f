#include "pipeline/url_template.hpp"

#include <fmt/format.h>

#include "http/url.hpp"

namespace runnel {

namespace {

constexpr std::string_view kPlace = "{}";

bool is_unreserved(char c) noexcept {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '.' || c == '_' || c == '~';
}

}  // namespace

std::string percent_encode(std::string_view text) {
    constexpr std::string_view kDigits = "0123456789ABCDEF";
    std::string encoded;
    encoded.reserve(text.size());
    for (const char c : text) {
        if (is_unreserved(c)) {
            encoded += c;
            continue;
        }
        const auto byte = static_cast<unsigned char>(c);
        encoded += '%';
        encoded += kDigits[byte >> 4U];
        encoded += kDigits[byte & 0xfU];
    }
    return encoded;
}

Result<UrlTemplate> UrlTemplate::parse(std::string_view text) {
    std::vector<std::string> pieces;
    std::string_view rest = text;
    for (std::size_t place = rest.find(kPlace); place != std::string_view::npos;
         place = rest.find(kPlace)) {
        pieces.emplace_back(rest.substr(0, place));
        rest.remove_prefix(place + kPlace.size());
    }
    if (pieces.empty()) {
        return Error(ErrorClass::BadInput, fmt::format("\"{}\" has no {{}} to put a line in",
                                                       http::without_userinfo(text)));
    }
    pieces.emplace_back(rest);
    UrlTemplate made(std::move(pieces));
    // A digit is right in a path, a query, a host name and a port.
    const Result<http::Url> probe = http::Url::parse(made.fill("1"));
    if (!probe) {
        return Error(ErrorClass::BadInput, "with 1 in the place of {}: " + probe.error().message());
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
