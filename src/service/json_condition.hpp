#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "base/result.hpp"
#include "json/document.hpp"
#include "json/pointer.hpp"
#include "service/decimal.hpp"
#include "service/pattern.hpp"

namespace runnel {

/// An assertion about a value in JSON: `PTR OP VALUE`, where OP is one of
///
/// - `==` `!=`: VALUE is JSON, or a string without quotes. Numbers are compared as numbers, objects
///   in any order. A string also equals VALUE as written, so that `/version == 1.10` needs no
///   quotes.
/// - `<` `<=` `>` `>=`: both must be numbers.
/// - `=~`: VALUE is a regular expression that matches somewhere in the value.
/// - `exists`: the value is there; `exists false`: it is not.
/// - `len`: the number of elements, members or characters; VALUE is a number, or a
///   comparison operator and a number: `/items len > 3`.
///
/// If there is no value, only `exists false` holds. Numbers are compared exactly, at
/// any size.
class JsonCondition {
public:
    /// Fails with ErrorClass::BadInput; the message says what to write instead.
    [[nodiscard]] static Result<JsonCondition> parse(std::string_view text);

    /// As it was given.
    [[nodiscard]] const std::string& text() const noexcept { return text_; }
    [[nodiscard]] const JsonPointer& pointer() const noexcept { return pointer_; }
    /// Whether it holds for \a value; null if there is no value.
    [[nodiscard]] bool holds(const JsonValue* value) const;
    /// Formats what the condition looks at, for people: `len 3`, or all of \a value.
    [[nodiscard]] std::string describe(const JsonValue& value) const;

private:
    enum class Operator { Equal, NotEqual, Less, LessEqual, Greater, GreaterEqual, Match, Exists };

    JsonCondition(std::string text, JsonPointer pointer, Operator operation)
        : text_(std::move(text)), pointer_(std::move(pointer)), operator_(operation) {}

    [[nodiscard]] static std::optional<Operator> operator_named(std::string_view word) noexcept;
    [[nodiscard]] Result<void> parse_operand(std::string_view operand);
    [[nodiscard]] Result<void> parse_length(std::string_view operand);
    [[nodiscard]] Result<void> parse_number(std::string_view operand);
    [[nodiscard]] bool is_comparison() const noexcept;
    [[nodiscard]] bool compare(const Decimal& value) const noexcept;
    [[nodiscard]] bool equals(const JsonValue& value) const;

    std::string text_;
    JsonPointer pointer_;
    Operator operator_;
    bool of_length_ = false;         ///< `len`: the operator applies to the length.
    bool wanted_ = true;             ///< For Operator::Exists.
    std::optional<Decimal> number_;  ///< Operand of a comparison.
    std::string operand_;            ///< As written.
    std::optional<JsonValue> json_;
    std::optional<Pattern> pattern_;
};

}  // namespace runnel
