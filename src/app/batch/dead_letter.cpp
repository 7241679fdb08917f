#include "app/batch/dead_letter.hpp"

#include <fmt/format.h>

#include <optional>
#include <utility>

#include "base/base64.hpp"
#include "base/utf8.hpp"
#include "json/document.hpp"
#include "json/object_writer.hpp"

namespace runnel {

namespace {

/// Maximum size of a character in UTF-8 (bytes).
constexpr std::size_t kLongestCharacter = 4;

/// Returns \a beginning without a character at its end of which bytes are missing.
std::string_view without_cut_character(std::string_view beginning) {
    const std::size_t valid = valid_utf8_prefix(beginning);
    return beginning.size() - valid < kLongestCharacter ? beginning.substr(0, valid) : beginning;
}

const JsonValue* find_member(const JsonValue& object, std::string_view name) {
    for (const JsonMember& member : object.members) {
        if (member.name == name) {
            return &member.value;
        }
    }
    return nullptr;
}

bool is_text(const JsonValue* value) {
    return value != nullptr && value->kind == JsonValue::Kind::String;
}

Error not_a_dead_letter(std::string_view why) {
    return bad_input(fmt::format("not a dead letter: {}", why));
}

}  // namespace

void append_json(const DeadLetter& letter, std::string& out) {
    const std::string_view line = letter.cut ? without_cut_character(letter.line) : letter.line;
    JsonObjectWriter object(out);
    if (is_valid_utf8(line)) {
        object.member("line", line);
    } else {
        object.member("line_b64", to_base64(line));
    }
    object.member("reason", letter.reason);
    object.member("attempts", letter.attempts);
    if (letter.cut) {
        object.member("cut", true);
    }
    object.end_line();
}

Result<std::string> line_of_dead_letter(std::string_view object) {
    Result<JsonValue> letter = parse_json_document(object);
    if (!letter) {
        return not_a_dead_letter(letter.error().message());
    }
    const JsonValue* const cut = find_member(*letter, "cut");
    if (cut != nullptr && cut->truth) {
        return bad_input(
            "only the beginning of its line was kept (\"cut\":true); remove it to "
            "deliver the others");
    }
    const JsonValue* const text = find_member(*letter, "line");
    const JsonValue* const encoded = find_member(*letter, "line_b64");
    if (is_text(text) && encoded == nullptr) {
        return text->text;
    }
    if (text != nullptr || !is_text(encoded)) {
        return not_a_dead_letter("it needs a text as line, or as line_b64");
    }
    std::optional<std::string> bytes = from_base64(encoded->text);
    if (!bytes) {
        return not_a_dead_letter("its line_b64 is not Base64");
    }
    return *std::move(bytes);
}

}  // namespace runnel
