#include "json/document.hpp"

#include <fmt/format.h>
#include <rapidjson/error/en.h>
#include <rapidjson/memorystream.h>
#include <rapidjson/reader.h>

#include <optional>
#include <unordered_set>
#include <utility>

#include "json/escape.hpp"

namespace runnel {

namespace {

constexpr std::size_t kMaxDepth = 100;

/// Follows the offsets of a text with the lines and columns they are at.
class TextCursor {
public:
    explicit TextCursor(std::string_view text) : text_(text) {}

    [[nodiscard]] TextPosition position() const noexcept { return position_; }

    void advance_to(std::size_t offset) noexcept {
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
    }

    /// To the next byte that belongs to a value or a name.
    void skip_separators() noexcept {
        const std::size_t next = text_.find_first_not_of(" \t\r\n,:", offset_);
        advance_to(next == std::string_view::npos ? text_.size() : next);
    }

private:
    std::string_view text_;
    std::size_t offset_ = 0;
    TextPosition position_;
};

TextPosition position_of(std::size_t offset, std::string_view text) {
    TextCursor cursor(text);
    cursor.advance_to(offset);
    return cursor.position();
}

/// Builds the tree from RapidJSON's events, whose names are its own. An event comes when its token
/// has been read; the token began after the separators behind the one before.
class TreeBuilder {
public:
    using Ch = char;

    TreeBuilder(std::string_view text, const rapidjson::MemoryStream& stream)
        : cursor_(text), stream_(stream) {}

    bool Null() { return put(JsonValue(JsonValue::Kind::Null, next_token())); }
    bool Bool(bool truth) {
        JsonValue value(JsonValue::Kind::Boolean, next_token());
        value.truth = truth;
        return put(std::move(value));
    }
    bool String(const char* text, rapidjson::SizeType size, bool /*copy*/) {
        return put_text(JsonValue::Kind::String, std::string_view(text, size));
    }
    bool RawNumber(const char* text, rapidjson::SizeType size, bool /*copy*/) {
        return put_text(JsonValue::Kind::Number, std::string_view(text, size));
    }
    bool StartObject() { return open(JsonValue::Kind::Object); }
    bool EndObject(rapidjson::SizeType /*count*/) { return close(); }
    bool StartArray() { return open(JsonValue::Kind::Array); }
    bool EndArray(rapidjson::SizeType /*count*/) { return close(); }

    bool Key(const char* text, rapidjson::SizeType size, bool /*copy*/) {
        Open& object = open_.back();
        object.name.assign(text, size);
        object.name_at = next_token();
        const bool is_new = object.names.insert(object.name).second;
        return is_new ||
               fail(object.name_at,
                    fmt::format("\"{}\" stands twice in one object: leave one out", object.name));
    }

    // Numbers are asked for as text.
    bool Int(int) { return never(); }
    bool Uint(unsigned) { return never(); }
    bool Int64(std::int64_t) { return never(); }
    bool Uint64(std::uint64_t) { return never(); }
    bool Double(double) { return never(); }

    [[nodiscard]] const std::optional<Error>& failure() const noexcept { return failure_; }
    [[nodiscard]] JsonValue take_root() { return std::move(root_); }

private:
    /// An array or object whose end has not come, and the member that comes next.
    struct Open {
        JsonValue value;
        std::string name;
        TextPosition name_at;
        std::unordered_set<std::string> names;
    };

    TextPosition next_token() {
        cursor_.skip_separators();
        const TextPosition begin = cursor_.position();
        cursor_.advance_to(stream_.Tell());
        return begin;
    }

    bool put_text(JsonValue::Kind kind, std::string_view text) {
        JsonValue value(kind, next_token());
        value.text = text;
        return put(std::move(value));
    }

    bool put(JsonValue value) {
        if (open_.empty()) {
            root_ = std::move(value);
            return true;
        }
        Open& parent = open_.back();
        if (parent.value.kind == JsonValue::Kind::Array) {
            parent.value.items.push_back(std::move(value));
        } else {
            parent.value.members.push_back(
                JsonMember{std::move(parent.name), parent.name_at, std::move(value)});
        }
        return true;
    }

    bool open(JsonValue::Kind kind) {
        const TextPosition begin = next_token();
        if (open_.size() == kMaxDepth) {
            return fail(begin, fmt::format("nested deeper than {} levels", kMaxDepth));
        }
        open_.emplace_back().value = JsonValue(kind, begin);
        return true;
    }

    bool close() {
        next_token();
        JsonValue value = std::move(open_.back().value);
        open_.pop_back();
        return put(std::move(value));
    }

    bool fail(TextPosition where, std::string_view what) {
        failure_ = located(where, what);
        return false;
    }
    static bool never() {
        RUNNEL_ENSURE(false, "RapidJSON gave a number that was asked for as text");
        return false;
    }

    TextCursor cursor_;
    const rapidjson::MemoryStream& stream_;
    std::vector<Open> open_;
    JsonValue root_;
    std::optional<Error> failure_;
};

/// RapidJSON's sentence without its full stop.
std::string_view in_words(rapidjson::ParseErrorCode code) {
    std::string_view sentence = rapidjson::GetParseError_En(code);
    while (!sentence.empty() && (sentence.back() == '.' || sentence.back() == ' ')) {
        sentence.remove_suffix(1);
    }
    return sentence;
}

}  // namespace

std::string_view to_string(JsonValue::Kind kind) noexcept {
    switch (kind) {
        case JsonValue::Kind::Null: return "null";
        case JsonValue::Kind::Boolean: return "true or false";
        case JsonValue::Kind::Number: return "a number";
        case JsonValue::Kind::String: return "a string";
        case JsonValue::Kind::Array: return "an array";
        case JsonValue::Kind::Object: return "an object";
    }
    return "";
}

Result<JsonValue> parse_json_document(std::string_view text) {
    constexpr unsigned kFlags =
        rapidjson::kParseValidateEncodingFlag | rapidjson::kParseNumbersAsStringsFlag;
    rapidjson::MemoryStream stream(text.data(), text.size());
    TreeBuilder builder(text, stream);
    rapidjson::Reader reader;
    const rapidjson::ParseResult result = reader.Parse<kFlags>(stream, builder);
    if (builder.failure()) {
        return *builder.failure();
    }
    if (result.IsError()) {
        return located(position_of(result.Offset(), text),
                       fmt::format("not valid JSON: {}", in_words(result.Code())));
    }
    if (stream.Tell() != text.size()) {
        // To RapidJSON a zero byte is the end.
        return located(position_of(stream.Tell(), text), "not valid JSON: a zero byte");
    }
    return builder.take_root();
}

Error located(TextPosition where, std::string_view what) {
    return Error(ErrorClass::BadInput, fmt::format("{}:{}: {}", where.line, where.column, what));
}

void append_json(const JsonValue& value, std::string& out) {
    std::string_view separator;
    switch (value.kind) {
        case JsonValue::Kind::Null: out += "null"; break;
        case JsonValue::Kind::Boolean: out += value.truth ? "true" : "false"; break;
        case JsonValue::Kind::Number: out += value.text; break;
        case JsonValue::Kind::String: append_json_string(out, value.text); break;
        case JsonValue::Kind::Array:
            out += '[';
            for (const JsonValue& item : value.items) {
                out += std::exchange(separator, ",");
                append_json(item, out);
            }
            out += ']';
            break;
        case JsonValue::Kind::Object:
            out += '{';
            for (const JsonMember& member : value.members) {
                out += std::exchange(separator, ",");
                append_json_string(out, member.name);
                out += ':';
                append_json(member.value, out);
            }
            out += '}';
            break;
    }
}

}  // namespace runnel
