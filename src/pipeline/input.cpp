#include "pipeline/input.hpp"

#include "base/text.hpp"

namespace runnel {

namespace {

std::string_view significant_line(std::string_view line, bool first_of_file) {
    line = first_of_file ? without_byte_order_mark(line) : line;
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
