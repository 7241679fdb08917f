#include "service/extraction.hpp"

#include <fmt/format.h>

#include <optional>

#include "base/text.hpp"
#include "json/document.hpp"

namespace runnel {

namespace {

Error not_there(std::string message) { return Error(ErrorClass::Extract, std::move(message)); }

Result<std::string> value_at(const JsonPointer& pointer, std::string_view body) {
    const Result<JsonValue> document = parse_json_document(body);
    if (!document) {
        return not_there(document.error().message());
    }
    const JsonValue* value = find_value(*document, pointer);
    if (value == nullptr) {
        return not_there(fmt::format("no such pointer: \"{}\"", pointer.text()));
    }
    if (value->kind == JsonValue::Kind::Null) {
        return not_there(fmt::format("null at \"{}\"", pointer.text()));
    }
    return plain_text(*value);
}

Result<std::string> match_of(const Pattern& pattern, std::string_view body) {
    std::optional<std::string> found = pattern.find(body);
    if (!found) {
        return not_there("nothing in the body matches");
    }
    return *std::move(found);
}

}  // namespace

Result<std::string> Extraction::take(std::string_view body) const {
    body = without_byte_order_mark(body);
    if (const auto* pointer = std::get_if<JsonPointer>(&how_)) {
        return value_at(*pointer, body);
    }
    if (const auto* pattern = std::get_if<Pattern>(&how_)) {
        return match_of(*pattern, body);
    }
    return std::string(trimmed(body, " \t\r\n\v\f"));
}

}  // namespace runnel
