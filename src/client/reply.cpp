#include "client/reply.hpp"

#include <fmt/format.h>

#include "json/document.hpp"
#include "json/pointer.hpp"

namespace runnel {

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
    const JsonValue* value = find_value(*document, *path);
    if (value == nullptr) {
        return Error(ErrorClass::Extract, fmt::format("nothing at {}", pointer));
    }
    return plain_text(*value);
}

}  // namespace runnel
