#include "pipeline/input.hpp"

#include "base/text.hpp"

namespace runnel {

std::string_view significant(std::string_view item, Separator separator) {
    if (separator == Separator::Nul) {
        return trimmed(item, " \t\r\n").empty() ? std::string_view() : item;
    }
    const std::string_view line = trimmed(without_byte_order_mark(item), " \t\r");
    return line.starts_with('#') ? std::string_view() : line;
}

}  // namespace runnel
