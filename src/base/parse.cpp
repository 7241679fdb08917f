#include "base/parse.hpp"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <chrono>
#include <cmath>
#include <limits>
#include <optional>
#include <string>
#include <system_error>

#include "base/text.hpp"

namespace runnel {
namespace {

constexpr std::uint64_t kMaxSize = std::numeric_limits<std::int64_t>::max();
constexpr Duration kMaxDuration = std::chrono::hours(24) * 36525;  // 100 years

/// An unsigned decimal number. The whole part is separate, so that it is exact beyond 2^53.
struct Decimal {
    std::uint64_t whole = 0;
    double fraction = 0;
    bool is_zero = true;
    bool overflow = false;
};

/// Appends \a digit to \a number; returns false on overflow.
bool push_digit(std::uint64_t& number, char digit) noexcept {
    const auto value = static_cast<std::uint64_t>(digit - '0');
    if (number > (std::numeric_limits<std::uint64_t>::max() - value) / 10) {
        return false;
    }
    number = number * 10 + value;
    return true;
}

/// Removes a number from the front of \a text, which keeps the unit. Returns nullopt if \a text
/// does not begin with one.
std::optional<Decimal> take_decimal(std::string_view& text) {
    Decimal number;
    std::size_t digits = 0;
    std::size_t at = 0;
    for (; at < text.size() && is_digit(text[at]); ++at, ++digits) {
        number.is_zero = number.is_zero && text[at] == '0';
        number.overflow = number.overflow || !push_digit(number.whole, text[at]);
    }
    if (at < text.size() && text[at] == '.') {
        std::uint64_t numerator = 0;
        double denominator = 1;
        bool precise = true;
        for (++at; at < text.size() && is_digit(text[at]); ++at, ++digits) {
            number.is_zero = number.is_zero && text[at] == '0';
            precise = precise && push_digit(numerator, text[at]);
            denominator *= precise ? 10 : 1;
        }
        number.fraction = static_cast<double>(numerator) / denominator;
    }
    if (digits == 0) {
        return std::nullopt;
    }
    text.remove_prefix(at);
    return number;
}

/// Returns \a number times \a unit, rounded to an integer; nullopt if that is above \a most.
std::optional<std::uint64_t> scaled(const Decimal& number, std::uint64_t unit, std::uint64_t most) {
    if (number.overflow || number.whole > most / unit) {
        return std::nullopt;
    }
    const std::uint64_t whole = number.whole * unit;
    const auto part =
        static_cast<std::uint64_t>(std::llround(number.fraction * static_cast<double>(unit)));
    if (part > most - whole) {
        return std::nullopt;
    }
    // Not rounded down to zero, because zero means no limit.
    return whole + part == 0 && !number.is_zero ? 1 : whole + part;
}

struct Unit {
    std::string_view name;
    std::uint64_t factor;
};

constexpr std::uint64_t nanoseconds_in(std::chrono::nanoseconds span) {
    return static_cast<std::uint64_t>(span.count());
}
static_assert(std::is_same_v<Duration, std::chrono::nanoseconds>);

constexpr std::array<Unit, 5> kTimeUnits = {{
    {"", nanoseconds_in(std::chrono::seconds(1))},
    {"ms", nanoseconds_in(std::chrono::milliseconds(1))},
    {"s", nanoseconds_in(std::chrono::seconds(1))},
    {"m", nanoseconds_in(std::chrono::minutes(1))},
    {"h", nanoseconds_in(std::chrono::hours(1))},
}};

constexpr std::array<Unit, 5> kSizeUnits = {{
    {"", 1},
    {"k", std::uint64_t{1} << 10},
    {"m", std::uint64_t{1} << 20},
    {"g", std::uint64_t{1} << 30},
    {"t", std::uint64_t{1} << 40},
}};

template <std::size_t Size>
std::optional<std::uint64_t> find_unit(const std::array<Unit, Size>& units, std::string_view name) {
    for (const Unit& unit : units) {
        if (unit.name == name) {
            return unit.factor;
        }
    }
    return std::nullopt;
}

/// Reduces a unit to one lower-case letter: `MiB`, `mb` and `M` become `m`, `B` becomes empty.
std::string plain_size_unit(std::string_view name) {
    std::string lower = lower_case(name);
    if (lower.size() == 3 && lower.ends_with("ib")) {
        lower.resize(1);
    } else if (lower.size() <= 2 && lower.ends_with('b')) {
        lower.pop_back();
    }
    return lower;
}

}  // namespace

Result<Duration> parse_duration(std::string_view text) {
    std::string_view rest = text;
    const std::optional<Decimal> number = take_decimal(rest);
    const std::optional<std::uint64_t> unit = find_unit(kTimeUnits, rest);
    if (!number || !unit) {
        return bad_input(fmt::format("\"{}\" is not a duration: use 250ms, 5s, 2m or 1h", text));
    }
    const auto ticks = scaled(*number, *unit, nanoseconds_in(kMaxDuration));
    if (!ticks) {
        return bad_input(fmt::format("\"{}\" is too long: the maximum is 100 years", text));
    }
    return Duration(static_cast<Duration::rep>(*ticks));
}

Result<std::uint64_t> parse_size(std::string_view text) {
    std::string_view rest = text;
    const std::optional<Decimal> number = take_decimal(rest);
    const std::optional<std::uint64_t> unit = find_unit(kSizeUnits, plain_size_unit(rest));
    if (!number || !unit) {
        return bad_input(fmt::format("\"{}\" is not a size: use 4096, 64k, 10M or 1G", text));
    }
    const auto bytes = scaled(*number, *unit, kMaxSize);
    if (!bytes) {
        return bad_input(
            fmt::format("\"{}\" is too large: the maximum is {} bytes", text, kMaxSize));
    }
    return *bytes;
}

Result<Rate> parse_rate(std::string_view text) {
    const auto refused = [text] {
        return bad_input(fmt::format("\"{}\" is not a rate: use 100/s, 5/m or 2/15s", text));
    };
    const std::size_t slash = text.find('/');
    if (slash == std::string_view::npos) {
        return refused();
    }
    std::uint64_t count = 0;
    const char* const end = text.data() + slash;
    const auto [stop, problem] = std::from_chars(text.data(), end, count);
    if (problem != std::errc() || stop != end || count == 0) {
        return refused();
    }
    std::string period(text.substr(slash + 1));
    if (period.empty() || is_digit(period.back()) || period.back() == '.') {
        return refused();
    }
    if (!is_digit(period.front()) && period.front() != '.') {
        period.insert(0, 1, '1');
    }
    const Result<Duration> per = parse_duration(period);
    if (!per || *per == Duration::zero()) {
        return refused();
    }
    return Rate(count, *per);
}

}  // namespace runnel
