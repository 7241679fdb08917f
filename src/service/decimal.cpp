#include "service/decimal.hpp"

#include <algorithm>

namespace runnel {

namespace {

constexpr std::string_view kDigits = "0123456789";
/// Maximum of an exponent. A larger one compares as this.
constexpr std::int64_t kMaxExponent = std::int64_t{1} << 60;

std::string_view take_digits(std::string_view& text) {
    const std::string_view digits =
        text.substr(0, std::min(text.find_first_not_of(kDigits), text.size()));
    text.remove_prefix(digits.size());
    return digits;
}

bool take(std::string_view& text, std::string_view any_of) {
    const bool found = !text.empty() && any_of.find(text.front()) != std::string_view::npos;
    text.remove_prefix(found ? 1 : 0);
    return found;
}

/// Takes an exponent such as `e+12`. Returns 0 if there is none, nullopt if it has no digits.
std::optional<std::int64_t> take_exponent(std::string_view& text) {
    if (!take(text, "eE")) {
        return 0;
    }
    const bool negative = text.starts_with('-');
    static_cast<void>(take(text, "+-"));
    const std::string_view digits = take_digits(text);
    if (digits.empty()) {
        return std::nullopt;
    }
    std::int64_t exponent = 0;
    for (const char digit : digits) {
        exponent = std::min(exponent * 10 + (digit - '0'), kMaxExponent / 10);
    }
    return negative ? -exponent : exponent;
}

}  // namespace

std::optional<Decimal> Decimal::parse(std::string_view text) {
    Decimal number;
    number.negative_ = take(text, "-");
    const std::string_view whole = take_digits(text);
    const std::string_view fraction = take(text, ".") ? take_digits(text) : std::string_view();
    const std::optional<std::int64_t> exponent = take_exponent(text);
    if (!exponent || !text.empty() || (whole.empty() && fraction.empty())) {
        return std::nullopt;
    }
    number.digits_.append(whole).append(fraction);
    number.digits_.erase(number.digits_.find_last_not_of('0') + 1);
    const std::size_t leading = number.digits_.find_first_not_of('0');
    if (leading == std::string::npos) {
        number.digits_.clear();
        return number;
    }
    number.digits_.erase(0, leading);
    number.point_ =
        static_cast<std::int64_t>(whole.size()) - static_cast<std::int64_t>(leading) + *exponent;
    return number;
}

std::strong_ordering Decimal::operator<=>(const Decimal& other) const noexcept {
    if (sign() != other.sign() || sign() == 0) {
        return sign() <=> other.sign();
    }
    const std::strong_ordering size =
        point_ != other.point_ ? point_ <=> other.point_ : digits_ <=> other.digits_;
    if (!negative_ || size == std::strong_ordering::equal) {
        return size;
    }
    return size == std::strong_ordering::less ? std::strong_ordering::greater
                                              : std::strong_ordering::less;
}

}  // namespace runnel
