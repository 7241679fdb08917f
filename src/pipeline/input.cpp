#include "pipeline/input.hpp"

namespace runnel {

namespace {

std::string_view significant_line(std::string_view line, bool first_of_file) {
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

}  // namespace

std::string_view significant(std::string_view item, bool first_of_file, Separator separator) {
    if (separator == Separator::Newline) {
        return significant_line(item, first_of_file);
    }
    const bool blank = item.find_first_not_of(" \t\r\n") == std::string_view::npos;
    return blank ? std::string_view() : item;
}

}  // namespace runnel
