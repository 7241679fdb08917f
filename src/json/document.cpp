#include "json/document.hpp"

#include <fmt/format.h>

#include <unordered_set>
#include <utility>

#include "json/cursor.hpp"
#include "json/escape.hpp"

namespace runnel {

namespace {

using Kind = JsonValue::Kind;

/// Converts ascending offsets into lines and columns.
class TextCursor {
public:
    explicit TextCursor(std::string_view text) : text_(text) {}

    /// Returns the position of \a offset, which must not be less than the last one.
    TextPosition advance_to(std::size_t offset) noexcept {
        for (; offset_ < offset; ++offset_) {
            const auto byte = static_cast<unsigned char>(text_[offset_]);
            const bool continues_character = (byte & 0xC0U) == 0x80U;
            if (byte == '\n') {
                ++position_.line;
                position_.column = 1;
            } else if (!continues_character) {
                ++position_.column;
            }
        }
        return position_;
    }

private:
    std::string_view text_;
    std::size_t offset_ = 0;
    TextPosition position_;
};

Error not_json(const JsonProblem& problem, std::string_view text) {
    return located(TextCursor(text).advance_to(problem.offset),
                   fmt::format("not valid JSON: {}", problem.reason));
}

/// Returns the kind of value that starts with \a byte. For bytes that start no value any kind will
/// do, because JsonCursor reports them.
Kind kind_of(char byte) noexcept {
    switch (byte) {
        case '{': return Kind::Object;
        case '[': return Kind::Array;
        case '"': return Kind::String;
        case 't':
        case 'f': return Kind::Boolean;
        case '-': return Kind::Number;
        default: return byte >= '0' && byte <= '9' ? Kind::Number : Kind::Null;
    }
}

/// Builds the tree. Each step returns whether to continue, as JsonCursor requires. On failure the
/// reason is failure_ if set, else the cursor's problem.
class TreeReader {
public:
    explicit TreeReader(const StructuralIndex& index)
        : text_(index.text()), place_(text_), cursor_(index) {
        cursor_.start_document(text_.size());
    }

    Result<JsonValue> read() {
        JsonValue root;
        if (!read_value(root) || !cursor_.finish_document()) {
            return failure_ ? *std::move(failure_) : not_json(cursor_.problem(), text_);
        }
        return root;
    }

private:
    bool read_value(JsonValue& value) {
        const JsonCursor::Mark begin = cursor_.mark();
        value = JsonValue(kind_of(cursor_.peek()), place_.advance_to(*begin));
        switch (value.kind) {
            case Kind::Object: return read_object(value);
            case Kind::Array:
                return cursor_.elements([&] { return read_value(value.items.emplace_back()); });
            case Kind::String: {
                std::string_view content;
                return cursor_.string(content) && unescape(value.where, content, value.text);
            }
            case Kind::Boolean: value.truth = cursor_.peek() == 't'; return cursor_.skip();
            case Kind::Null: return cursor_.skip();
            case Kind::Number: break;
        }
        if (!cursor_.skip()) {
            return false;
        }
        value.text = cursor_.text_between(begin, cursor_.mark());
        return true;
    }

    bool read_object(JsonValue& object) {
        std::unordered_set<std::string> names;
        return cursor_.members([&](std::string_view key) {
            JsonMember& member = object.members.emplace_back();
            const auto quote = static_cast<std::size_t>(key.data() - text_.data()) - 1;
            member.where = place_.advance_to(quote);
            if (!unescape(member.where, key, member.name)) {
                return false;
            }
            if (!names.insert(member.name).second) {
                return fail(
                    member.where,
                    fmt::format("\"{}\" is repeated in this object: remove one", member.name));
            }
            return read_value(member.value);
        });
    }

    bool unescape(TextPosition where, std::string_view content, std::string& text) {
        return append_unescaped(text, content) || fail(where, "not valid JSON: unpaired surrogate");
    }

    bool fail(TextPosition where, std::string_view what) {
        failure_ = located(where, what);
        return false;
    }

    std::string_view text_;
    TextCursor place_;
    JsonCursor cursor_;
    std::optional<Error> failure_;
};

/// Returns the child of \a value that \a token refers to, or null.
const JsonValue* step(const JsonValue& value, const std::string& token) noexcept {
    for (const JsonMember& member : value.members) {
        if (member.name == token) {
            return &member.value;
        }
    }
    const std::optional<std::size_t> index = array_index(token);
    return index && *index < value.items.size() ? &value.items[*index] : nullptr;
}

template <class Item, class Append>
void append_list(const std::vector<Item>& items, std::string& out, const Append& append) {
    std::string_view separator;
    for (const Item& item : items) {
        out += std::exchange(separator, ",");
        append(item);
    }
}

}  // namespace

std::string_view to_string(JsonValue::Kind kind) noexcept {
    switch (kind) {
        case Kind::Null: return "null";
        case Kind::Boolean: return "true or false";
        case Kind::Number: return "a number";
        case Kind::String: return "a string";
        case Kind::Array: return "an array";
        case Kind::Object: return "an object";
    }
    return "";
}

Result<JsonValue> parse_json_document(std::string_view text) {
    StructuralIndex index;
    if (const std::optional<JsonProblem> problem = index.build(text)) {
        return not_json(*problem, text);
    }
    return TreeReader(index).read();
}

std::optional<JsonProblem> find_json_problem(std::string_view text) {
    StructuralIndex index;
    if (const std::optional<JsonProblem> problem = index.build(text)) {
        return problem;
    }
    JsonCursor cursor(index);
    cursor.start_document(text.size());
    if (cursor.skip() && cursor.finish_document()) {
        return std::nullopt;
    }
    return cursor.problem();
}

bool is_valid_json(std::string_view text) { return !find_json_problem(text).has_value(); }

const JsonValue* find_value(const JsonValue& document, const JsonPointer& pointer) noexcept {
    const JsonValue* value = &document;
    for (const std::string& token : pointer.tokens()) {
        value = step(*value, token);
        if (value == nullptr) {
            return nullptr;
        }
    }
    return value;
}

std::string plain_text(const JsonValue& value) {
    if (value.kind == JsonValue::Kind::String) {
        return value.text;
    }
    std::string text;
    append_json(value, text);
    return text;
}

Error located(TextPosition where, std::string_view what) {
    return bad_input(fmt::format("{}:{}: {}", where.line, where.column, what));
}

void append_json(const JsonValue& value, std::string& out) {
    switch (value.kind) {
        case Kind::Null: out += "null"; break;
        case Kind::Boolean: out += value.truth ? "true" : "false"; break;
        case Kind::Number: out += value.text; break;
        case Kind::String: append_json_string(out, value.text); break;
        case Kind::Array:
            out += '[';
            append_list(value.items, out, [&](const JsonValue& item) { append_json(item, out); });
            out += ']';
            break;
        case Kind::Object:
            out += '{';
            append_list(value.members, out, [&](const JsonMember& member) {
                append_json_string(out, member.name);
                out += ':';
                append_json(member.value, out);
            });
            out += '}';
            break;
    }
}

}  // namespace runnel
