#include "client/reply.hpp"

#include <fmt/format.h>

#include "json/document.hpp"
#include "json/pointer.hpp"

namespace runnel {

namespace {

/// What \a token leads to from \a value; null: nothing.
const JsonValue* step(const JsonValue& value, const std::string& token) {
    for (const JsonMember& member : value.members) {
        if (member.name == token) {
            return &member.value;
        }
    }
    const std::optional<std::size_t> index = array_index(token);
    return index && *index < value.items.size() ? &value.items[*index] : nullptr;
}

}  // namespace

std::optional<std::string> Reply::header(std::string_view name) const {
    for (const std::string& line : headers) {
        if (http::same_name(http::header_name(line), name)) {
            return std::string(http::header_value(line));
        }
    }
    return std::nullopt;
}

Result<std::string> Reply::json(std::string_view pointer) const {
    const Result<JsonPointer> path = JsonPointer::parse(pointer);
    if (!path) {
        return path.error();
    }
    const Result<JsonValue> document = parse_json_document(body);
    if (!document) {
        return Error(ErrorClass::Extract, "no JSON: " + document.error().message());
    }
    const JsonValue* value = &*document;
    for (const std::string& token : path->tokens()) {
        value = step(*value, token);
        if (value == nullptr) {
            return Error(ErrorClass::Extract, fmt::format("nothing at {}", pointer));
        }
    }
    if (value->kind == JsonValue::Kind::String) {
        return value->text;
    }
    std::string text;
    append_json(*value, text);
    return text;
}

}  // namespace runnel
