#include "http/expect.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <string>

#include "base/text.hpp"

namespace runnel::http {

namespace {

/// Parses three digits of which the first is not 0.
std::optional<int> parse_status(std::string_view text) {
    if (text.size() != 3 || text[0] == '0' || !std::all_of(text.begin(), text.end(), is_digit)) {
        return std::nullopt;
    }
    return (text[0] - '0') * 100 + (text[1] - '0') * 10 + (text[2] - '0');
}

}  // namespace

StatusSet::StatusSet() { add_range(200, 299); }

Result<StatusSet> StatusSet::parse(std::string_view text) {
    StatusSet set;
    set.statuses_.reset();
    while (true) {
        const std::size_t comma = text.find(',');
        const std::string_view item = trimmed(text.substr(0, comma));
        if (!set.add_item(item)) {
            return bad_input(
                fmt::format("\"{}\" is not a status: use 200, 2xx, 300-399 or any", item));
        }
        if (comma == std::string_view::npos) {
            return set;
        }
        text.remove_prefix(comma + 1);
    }
}

bool StatusSet::add_item(std::string_view item) {
    if (item == "any") {
        add_range(kBegin, kEnd - 1);
        return true;
    }
    if (item.size() == 3 && (item.ends_with("xx") || item.ends_with("XX"))) {
        const std::optional<int> first = parse_status(std::string{item[0], '0', '0'});
        if (first) {
            add_range(*first, *first + 99);
        }
        return first.has_value();
    }
    const std::size_t dash = std::min(item.find('-'), item.size());
    const std::optional<int> first = parse_status(item.substr(0, dash));
    const std::optional<int> last =
        dash == item.size() ? first : parse_status(item.substr(dash + 1));
    if (!first || !last || *first > *last) {
        return false;
    }
    add_range(*first, *last);
    return true;
}

void StatusSet::add_range(int first, int last) {
    for (int status = first; status <= last; ++status) {
        statuses_.set(static_cast<std::size_t>(status));
    }
}

}  // namespace runnel::http
