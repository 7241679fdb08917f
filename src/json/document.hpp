#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "json/pointer.hpp"

namespace runnel {

/// Where something begins in a text. Both count from 1; a column is a character, not a byte.
struct TextPosition {
    std::size_t line = 1;
    std::size_t column = 1;
};

struct JsonMember;

/// A value of a JSON text that a person wrote, with its place, so that whoever finds it wrong can
/// say where. For small files such as mock routes: a tree of values, made for clarity, not speed.
class JsonValue {
public:
    enum class Kind { Null, Boolean, Number, String, Array, Object };

    // Defined below, where JsonMember is complete.
    JsonValue();
    JsonValue(Kind kind_of_value, TextPosition position);

    Kind kind = Kind::Null;
    TextPosition where;
    bool truth = false;  ///< Of a Boolean.
    std::string text;    ///< Of a String its characters; a Number as written.
    std::vector<JsonValue> items;
    std::vector<JsonMember> members;  ///< In the order of the text; no two have one name.
};

struct JsonMember {
    std::string name;
    TextPosition where;
    JsonValue value;
};

inline JsonValue::JsonValue() = default;
inline JsonValue::JsonValue(Kind kind_of_value, TextPosition position)
    : kind(kind_of_value), where(position) {}

/// "a string", "an object"
[[nodiscard]] std::string_view to_string(JsonValue::Kind kind) noexcept;

/// Reads \a text, which must be one JSON value as a JsonCursor takes it (RFC 8259, no comments, no
/// trailing commas, nested 1024 deep at most), without halves of surrogate pairs, and with no name
/// twice in one object. The failure is located().
[[nodiscard]] Result<JsonValue> parse_json_document(std::string_view text);

/// What \a pointer leads to in \a document, where it lies; null: nothing.
[[nodiscard]] const JsonValue* find_value(const JsonValue& document,
                                          const JsonPointer& pointer) noexcept;

/// \a value for people: of a String its characters, anything else as JSON.
[[nodiscard]] std::string plain_text(const JsonValue& value);

/// The failure `LINE:COLUMN: what`, ErrorClass::BadInput.
[[nodiscard]] Error located(TextPosition where, std::string_view what);

/// Appends \a value to \a out as JSON without white space, numbers as they were written.
void append_json(const JsonValue& value, std::string& out);

}  // namespace runnel
