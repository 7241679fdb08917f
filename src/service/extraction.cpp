#include "service/extraction.hpp"

#include <fmt/format.h>

#include <optional>

#include "base/text.hpp"
#include "json/document.hpp"

namespace runnel {

namespace {

Error no_value(std::string message) { return Error(ErrorClass::Extract, std::move(message)); }

Result<std::string> value_at(const JsonPointer& pointer, std::string_view body) {
    const Result<JsonValue> document = parse_json_document(body);
    if (!document) {
        return no_value(document.error().message());
    }
    const JsonValue* value = find_value(*document, pointer);
    if (value == nullptr) {
        return no_value(fmt::format("no value at \"{}\"", pointer.text()));
    }
    if (value->kind == JsonValue::Kind::Null) {
        return no_value(fmt::format("the value at \"{}\" is null", pointer.text()));
    }
    return plain_text(*value);
}

Result<std::string> match_of(const Pattern& pattern, std::string_view body) {
    std::optional<std::string> found = pattern.find(body);
    if (!found) {
        return no_value("the pattern does not match the body");
    }
    return *std::move(found);
}

}  // namespace

Result<std::string> Extraction::extract(std::string_view body) const {
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
