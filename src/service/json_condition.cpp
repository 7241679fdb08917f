#include "service/json_condition.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include "base/text.hpp"

namespace runnel {

namespace {

constexpr std::string_view kBlank = " \t";
constexpr std::string_view kLength = "len";

std::string_view first_word(std::string_view text) {
    return text.substr(0, text.find_first_of(kBlank));
}

/// Returns the number in \a value; nullopt for other kinds.
std::optional<Decimal> number_in(const JsonValue& value) {
    return value.kind == JsonValue::Kind::Number ? Decimal::parse(value.text) : std::nullopt;
}

std::size_t characters(std::string_view text) {
    return static_cast<std::size_t>(std::ranges::count_if(
        text, [](char c) { return (static_cast<unsigned char>(c) & 0xc0U) != 0x80U; }));
}

std::optional<std::size_t> length_of(const JsonValue& value) {
    switch (value.kind) {
        case JsonValue::Kind::String: return characters(value.text);
        case JsonValue::Kind::Array: return value.items.size();
        case JsonValue::Kind::Object: return value.members.size();
        default: return std::nullopt;
    }
}

bool same(const JsonValue& a, const JsonValue& b);

bool same_members(const JsonValue& a, const JsonValue& b) {
    const auto is_in_b = [&b](const JsonMember& member) {
        const auto other = std::ranges::find(b.members, member.name, &JsonMember::name);
        return other != b.members.end() && same(member.value, other->value);
    };
    return a.members.size() == b.members.size() && std::ranges::all_of(a.members, is_in_b);
}

/// Whether the values are equal as in jq: members in any order.
bool same(const JsonValue& a, const JsonValue& b) {
    if (a.kind != b.kind) {
        return false;
    }
    switch (a.kind) {
        case JsonValue::Kind::Null: return true;
        case JsonValue::Kind::Boolean: return a.truth == b.truth;
        case JsonValue::Kind::String: return a.text == b.text;
        case JsonValue::Kind::Array: return std::ranges::equal(a.items, b.items, same);
        case JsonValue::Kind::Object: return same_members(a, b);
        case JsonValue::Kind::Number: break;
    }
    return number_in(a) == number_in(b);
}

Error bad(std::string_view text, std::string_view why) {
    return bad_input(
        fmt::format("\"{}\": {}; use PTR OP VALUE, such as /status == ok, where OP is one "
                    "of == != < <= > >= =~ exists len",
                    text, why));
}

}  // namespace

std::optional<JsonCondition::Operator> JsonCondition::operator_named(
    std::string_view word) noexcept {
    constexpr std::array<std::pair<std::string_view, Operator>, 8> kOperators = {{
        {"==", Operator::Equal},
        {"!=", Operator::NotEqual},
        {"<", Operator::Less},
        {"<=", Operator::LessEqual},
        {">", Operator::Greater},
        {">=", Operator::GreaterEqual},
        {"=~", Operator::Match},
        {"exists", Operator::Exists},
    }};
    for (const auto& [name, operation] : kOperators) {
        if (name == word) {
            return operation;
        }
    }
    return std::nullopt;
}

/// The pointer may contain blanks; it ends at the first operator.
Result<JsonCondition> JsonCondition::parse(std::string_view text) {
    for (std::size_t at = 0; at < text.size(); ++at) {
        const bool at_word = at == 0 || kBlank.find(text[at - 1]) != std::string_view::npos;
        const std::string_view word = at_word ? first_word(text.substr(at)) : "";
        const std::optional<Operator> operation = operator_named(word);
        if (!operation && word != kLength) {
            continue;
        }
        Result<JsonPointer> pointer = JsonPointer::parse(trimmed(text.substr(0, at)));
        if (!pointer) {
            return bad(text, pointer.error().message());
        }
        JsonCondition condition(std::string(text), *std::move(pointer),
                                operation.value_or(Operator::Equal));
        const std::string_view operand = trimmed(text.substr(at + word.size()));
        Result<void> taken =
            operation ? condition.parse_operand(operand) : condition.parse_length(operand);
        return taken ? Result<JsonCondition>(std::move(condition))
                     : bad(text, taken.error().message());
    }
    return bad(text, "the operator is missing");
}

Result<void> JsonCondition::parse_operand(std::string_view operand) {
    operand_ = operand;
    if (operator_ == Operator::Exists) {
        wanted_ = operand != "false";
        const bool known = operand.empty() || operand == "true" || operand == "false";
        return known ? Result<void>() : bad_input("exists takes true or false");
    }
    if (operand.empty()) {
        return bad_input("the value to compare with is missing");
    }
    if (operator_ == Operator::Match) {
        RUNNEL_TRY_ASSIGN(pattern_, Pattern::parse(operand));
        return {};
    }
    if (is_comparison()) {
        return parse_number(operand);
    }
    if (Result<JsonValue> json = parse_json_document(operand)) {
        json_ = *std::move(json);
    }
    return {};
}

Result<void> JsonCondition::parse_length(std::string_view operand) {
    of_length_ = true;
    const std::string_view word = first_word(operand);
    if (const std::optional<Operator> operation = operator_named(word)) {
        operator_ = *operation;
        operand = trimmed(operand.substr(word.size()));
    }
    if (operator_ == Operator::Match || operator_ == Operator::Exists) {
        return bad_input("len takes a number");
    }
    return parse_number(operand);
}

Result<void> JsonCondition::parse_number(std::string_view operand) {
    number_ = Decimal::parse(operand);
    return number_ ? Result<void>() : bad_input(fmt::format("\"{}\" is not a number", operand));
}

bool JsonCondition::is_comparison() const noexcept {
    return operator_ == Operator::Less || operator_ == Operator::LessEqual ||
           operator_ == Operator::Greater || operator_ == Operator::GreaterEqual;
}

bool JsonCondition::compare(const Decimal& value) const noexcept {
    switch (operator_) {
        case Operator::Equal: return value == *number_;
        case Operator::NotEqual: return value != *number_;
        case Operator::Less: return value < *number_;
        case Operator::LessEqual: return value <= *number_;
        case Operator::Greater: return value > *number_;
        case Operator::GreaterEqual: return value >= *number_;
        case Operator::Match:
        case Operator::Exists: break;
    }
    return false;
}

bool JsonCondition::equals(const JsonValue& value) const {
    if (value.kind == JsonValue::Kind::String && value.text == operand_) {
        return true;
    }
    return json_ && same(value, *json_);
}

std::string JsonCondition::describe(const JsonValue& value) const {
    const std::optional<std::size_t> length = of_length_ ? length_of(value) : std::nullopt;
    return length ? fmt::format("len {}", *length) : plain_text(value);
}

bool JsonCondition::holds(const JsonValue* value) const {
    if (operator_ == Operator::Exists) {
        return (value != nullptr) == wanted_;
    }
    if (value == nullptr) {
        return false;
    }
    if (of_length_) {
        const std::optional<std::size_t> length = length_of(*value);
        return length && compare(*Decimal::parse(std::to_string(*length)));
    }
    if (is_comparison()) {
        const std::optional<Decimal> number = number_in(*value);
        return number && compare(*number);
    }
    if (operator_ == Operator::Match) {
        return pattern_->find(plain_text(*value)).has_value();
    }
    return equals(*value) == (operator_ == Operator::Equal);
}

}  // namespace runnel
