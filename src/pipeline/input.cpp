#include "pipeline/input.hpp"

#include "base/text.hpp"

namespace runnel {

std::string_view significant(std::string_view item, Separator separator) {
    if (separator == Separator::Nul) {
        return trimmed(item, " \t\r\n").empty() ? std::string_view() : item;
    }
    // Repeat until nothing is removed, so that a line of `--left` has the same meaning when it is
    // read again.
    std::string_view line = trimmed(item, " \t\r");
    for (std::string_view marked; marked != line;) {
        marked = line;
        line = trimmed(without_byte_order_mark(line), " \t\r");
    }
    return line.starts_with('#') ? std::string_view() : line;
}

}  // namespace runnel
