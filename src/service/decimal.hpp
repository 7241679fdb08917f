#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace runnel {

/// A number as written in decimal, which is compared exactly, whatever its size: a double cannot
/// hold integers above 2^53.
class Decimal {
public:
    /// Parses a JSON number; `.5` and `5.` as well. Returns nullopt for other text.
    [[nodiscard]] static std::optional<Decimal> parse(std::string_view text);

    [[nodiscard]] std::strong_ordering operator<=>(const Decimal& other) const noexcept;
    [[nodiscard]] bool operator==(const Decimal& other) const noexcept {
        return (*this <=> other) == std::strong_ordering::equal;
    }

private:
    Decimal() = default;
    [[nodiscard]] int sign() const noexcept { return digits_.empty() ? 0 : negative_ ? -1 : 1; }

    bool negative_ = false;
    std::string digits_;      ///< Without leading and trailing zeros; empty for zero.
    std::int64_t point_ = 0;  ///< The number is 0.DIGITS times 10 to the power of this.
};

}  // namespace runnel
