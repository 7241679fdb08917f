#include "pipeline/input.hpp"

namespace runnel {

std::string_view significant(std::string_view line, bool first_of_file) {
    constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";
    if (first_of_file && line.substr(0, kByteOrderMark.size()) == kByteOrderMark) {
        line.remove_prefix(kByteOrderMark.size());
    }
    constexpr std::string_view kWhiteSpace = " \t\r";
    const std::size_t begin = line.find_first_not_of(kWhiteSpace);
    if (begin == std::string_view::npos || line[begin] == '#') {
        return {};
    }
    return line.substr(begin, line.find_last_not_of(kWhiteSpace) - begin + 1);
}

Result<http::Request> parse_request(std::string_view line, const http::Policy& policy) {
    Result<http::Url> url = http::Url::parse(line);
    if (!url) {
        return std::move(url).error();
    }
    return http::Request(std::move(*url), policy);
}

}  // namespace runnel
