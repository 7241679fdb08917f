#include "client/reply.hpp"

#include <fmt/format.h>

#include "base/text.hpp"
#include "json/document.hpp"
#include "json/pointer.hpp"

namespace runnel {

std::optional<std::string> Reply::header(std::string_view name) const {
    for (const std::string& line : headers) {
        if (equal_ignoring_case(http::header_name(line), name)) {
            return std::string(http::header_value(line));
        }
    }
    return std::nullopt;
}

Result<std::string> Reply::json(std::string_view pointer) const {
    RUNNEL_TRY_ASSIGN(const JsonPointer path, JsonPointer::parse(pointer));
    const Result<JsonValue> document = parse_json_document(body);
    if (!document) {
        return Error(ErrorClass::Extract, "invalid JSON: " + document.error().message());
    }
    const JsonValue* value = find_value(*document, path);
    if (value == nullptr) {
        return Error(ErrorClass::Extract, fmt::format("no value at {}", pointer));
    }
    return plain_text(*value);
}

}  // namespace runnel
