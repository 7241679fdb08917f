#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "json/pointer.hpp"
#include "json/structural_index.hpp"

namespace runnel {

/// A position in a text. Both count from 1; a column is a character, not a byte.
struct TextPosition {
    std::size_t line = 1;
    std::size_t column = 1;
};

struct JsonMember;

/// A JSON value with its position, so that errors can name the place. A tree meant for small files
/// written by hand, such as mock routes; not optimized for speed.
class JsonValue {
public:
    enum class Kind { Null, Boolean, Number, String, Array, Object };

    // Defined below, where JsonMember is complete.
    JsonValue();
    JsonValue(Kind kind_of_value, TextPosition position);

    Kind kind = Kind::Null;
    TextPosition where;
    bool truth = false;  ///< Value of a Boolean.
    std::string text;    ///< Characters of a String; a Number as written.
    std::vector<JsonValue> items;
    std::vector<JsonMember> members;  ///< In the order of the text; names are unique.
};

struct JsonMember {
    std::string name;
    TextPosition where;
    JsonValue value;
};

inline JsonValue::JsonValue() = default;
inline JsonValue::JsonValue(Kind kind_of_value, TextPosition position)
    : kind(kind_of_value), where(position) {}

/// Returns the kind with its article, for messages: "a string", "an object".
[[nodiscard]] std::string_view to_string(JsonValue::Kind kind) noexcept;

/// Parses \a text, which must be one JSON value: RFC 8259 without extensions, nested at most 1024
/// deep, without unpaired surrogates, and with unique names in each object. Errors are located().
[[nodiscard]] Result<JsonValue> parse_json_document(std::string_view text);

/// Returns why \a text is not exactly one JSON value: RFC 8259 in UTF-8 without extensions or a
/// byte order mark, nested at most 1024 deep. Returns nullopt if it is. Equal names are allowed.
[[nodiscard]] std::optional<JsonProblem> find_json_problem(std::string_view text);
[[nodiscard]] bool is_valid_json(std::string_view text);

/// Returns the value in \a document that \a pointer refers to, or null. It lives as long as \a
/// document.
[[nodiscard]] const JsonValue* find_value(const JsonValue& document,
                                          const JsonPointer& pointer) noexcept;

/// Returns \a value for messages: the characters of a String, any other value as JSON.
[[nodiscard]] std::string plain_text(const JsonValue& value);

/// Makes the error `LINE:COLUMN: what` of ErrorClass::BadInput.
[[nodiscard]] Error located(TextPosition where, std::string_view what);

/// Appends \a value to \a out as JSON without white space, with numbers as they were written.
void append_json(const JsonValue& value, std::string& out);

}  // namespace runnel
