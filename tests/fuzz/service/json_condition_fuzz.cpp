// Conditions about JSON: opposite operators give opposite results, and a value equals itself. The
// first line is the condition, the rest the document.

#include "service/json_condition.hpp"

#include <string>

#include "base/ensure.hpp"
#include "base/text.hpp"
#include "fuzz/fuzz_text.hpp"

namespace runnel {
namespace {

bool holds(const std::string& condition, const JsonValue* value) {
    const Result<JsonCondition> parsed = JsonCondition::parse(condition);
    RUNNEL_ENSURE(parsed.ok(), "the condition is refused");
    return parsed->holds(value);
}

/// What is true of the value that \a pointer refers to, which has no blanks.
void check_place(const std::string& pointer, const JsonValue* value) {
    RUNNEL_ENSURE(holds(pointer + " exists", value) == (value != nullptr), "exists is wrong");
    RUNNEL_ENSURE(holds(pointer + " exists false", value) == (value == nullptr), "exists is wrong");
    if (value == nullptr) {
        RUNNEL_ENSURE(!holds(pointer + " != 1", value) && !holds(pointer + " len >= 0", value),
                      "holds without a value");
        return;
    }
    std::string json;
    append_json(*value, json);
    RUNNEL_ENSURE(holds(pointer + " == " + json, value), "a value does not equal itself");
    RUNNEL_ENSURE(!holds(pointer + " != " + json, value), "a value differs from itself");
    if (value->kind == JsonValue::Kind::String && !value->text.empty() &&
        trimmed(value->text) == value->text) {
        RUNNEL_ENSURE(holds(pointer + " == " + value->text, value), "a string needs quotes");
    }
    const bool has_length = value->kind == JsonValue::Kind::String ||
                            value->kind == JsonValue::Kind::Array ||
                            value->kind == JsonValue::Kind::Object;
    RUNNEL_ENSURE(holds(pointer + " len >= 0", value) == has_length, "len is wrong");
}

/// Conditions on numbers: one of <, == and > holds, and each has its opposite.
void check_number(const std::string& pointer, const JsonValue& value, const std::string& number) {
    const bool less = holds(pointer + " < " + number, &value);
    const bool greater = holds(pointer + " > " + number, &value);
    const bool equal = holds(pointer + " == " + number, &value);
    const bool comparable = less || greater || holds(pointer + " >= " + number, &value);
    if (!comparable) {
        return;  // not a number, or not one that a double can hold
    }
    RUNNEL_ENSURE((less ? 1 : 0) + (greater ? 1 : 0) + (equal ? 1 : 0) == 1, "not one of < == >");
    RUNNEL_ENSURE(holds(pointer + " >= " + number, &value) == !less, ">= is not the opposite of <");
    RUNNEL_ENSURE(holds(pointer + " <= " + number, &value) == !greater,
                  "<= is not the opposite of >");
    RUNNEL_ENSURE(holds(pointer + " != " + number, &value) == !equal,
                  "!= is not the opposite of ==");
}

void check(std::string_view condition, std::string_view text) {
    const Result<JsonCondition> parsed = JsonCondition::parse(condition);
    if (!parsed) {
        RUNNEL_ENSURE(parsed.error().error_class() == ErrorClass::BadInput, "another class");
        return;
    }
    RUNNEL_ENSURE(parsed->text() == condition, "another text");
    const Result<JsonValue> document = parse_json_document(text);
    const JsonValue* const value = document ? find_value(*document, parsed->pointer()) : nullptr;
    static_cast<void>(parsed->holds(value));
    if (value != nullptr) {
        RUNNEL_ENSURE(value->kind == JsonValue::Kind::String || !parsed->describe(*value).empty(),
                      "a value without description");
    }
    const std::string& pointer = parsed->pointer().text();
    if (pointer.find_first_of(" \t") != std::string::npos || pointer.empty()) {
        return;
    }
    check_place(pointer, value);
    if (value != nullptr) {
        check_number(pointer, *value, "0");
        check_number(pointer, *value, "1.5e2");
    }
}

}  // namespace
}  // namespace runnel

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    std::string_view text = runnel::fuzz::as_text(data, size);
    const std::string_view condition = runnel::fuzz::take_line(text);
    runnel::check(condition, text);
    return 0;
}
