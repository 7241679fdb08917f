#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "base/result.hpp"
#include "json/document.hpp"
#include "json/pointer.hpp"
#include "service/pattern.hpp"

namespace runnel {

/// What is asserted of a value in JSON: `PTR OP VALUE`, where OP is one of
///
/// - `==` `!=`: VALUE is JSON, or a text without its quotes. Numbers are equal as numbers, objects
///   in any order; a string is compared with VALUE as it was written, too, so that
///   `/version == 1.10` needs no quotes.
/// - `<` `<=` `>` `>=`: both are numbers.
/// - `=~`: VALUE is a regular expression that matches somewhere in the value.
/// - `exists`: the value is there; `exists false`: it is not.
/// - `len`: the number of elements, members or characters; VALUE is a number, or one of the
///   comparisons above with a number behind it: `/items len > 3`.
///
/// Of a value that is not there nothing holds but `exists false`. Numbers are compared as doubles.
class JsonCondition {
public:
    /// Fails with ErrorClass::BadInput, saying what to write instead.
    [[nodiscard]] static Result<JsonCondition> parse(std::string_view text);

    /// As given.
    [[nodiscard]] const std::string& text() const noexcept { return text_; }
    [[nodiscard]] const JsonPointer& pointer() const noexcept { return pointer_; }
    /// Whether it holds for \a value; null: there is none.
    [[nodiscard]] bool holds(const JsonValue* value) const;
    /// What of \a value is looked at, for people: `len 3`, or all of it.
    [[nodiscard]] std::string shown(const JsonValue& value) const;

private:
    enum class Operator { Equal, NotEqual, Less, LessEqual, Greater, GreaterEqual, Match, Exists };

    JsonCondition(std::string text, JsonPointer pointer, Operator operation)
        : text_(std::move(text)), pointer_(std::move(pointer)), operator_(operation) {}

    [[nodiscard]] static std::optional<Operator> operator_named(std::string_view word) noexcept;
    [[nodiscard]] Result<void> take_operand(std::string_view operand);
    [[nodiscard]] Result<void> take_length(std::string_view operand);
    [[nodiscard]] Result<void> take_number(std::string_view operand);
    [[nodiscard]] bool is_comparison() const noexcept;
    [[nodiscard]] bool compare(double value) const noexcept;
    [[nodiscard]] bool equals(const JsonValue& value) const;

    std::string text_;
    JsonPointer pointer_;
    Operator operator_;
    bool of_length_ = false;  ///< `len`: the operator is about the length.
    bool wanted_ = true;      ///< Of Exists.
    double number_ = 0;       ///< What a comparison compares with.
    std::string operand_;     ///< As it was written.
    std::optional<JsonValue> json_;
    std::optional<Pattern> pattern_;
};

}  // namespace runnel
