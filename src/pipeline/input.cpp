#include "pipeline/input.hpp"

#include "base/text.hpp"

namespace runnel {

std::string_view significant(std::string_view item, bool first_of_file, Separator separator) {
    if (separator == Separator::Nul) {
        return trimmed(item, " \t\r\n").empty() ? std::string_view() : item;
    }
    const std::string_view line =
        trimmed(first_of_file ? without_byte_order_mark(item) : item, " \t\r");
    return line.starts_with('#') ? std::string_view() : line;
}

}  // namespace runnel
