// JSON Pointers: agreement with a naive reading, and each pointer finds its place in a document
// that is made for it.

#include "json/pointer.hpp"

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "base/ensure.hpp"
#include "base/utf8.hpp"
#include "fuzz/fuzz_text.hpp"
#include "json/document.hpp"
#include "json/escape.hpp"
#include "json/extract.hpp"

namespace runnel {
namespace {

/// Reads a pointer byte by byte.
std::optional<std::vector<std::string>> naive_tokens(std::string_view text) {
    std::vector<std::string> tokens;
    for (std::size_t at = 0; at < text.size(); ++at) {
        const char next = at + 1 < text.size() ? text[at + 1] : '\0';
        if (text[at] == '/') {
            tokens.emplace_back();
        } else if (tokens.empty() || (text[at] == '~' && next != '0' && next != '1')) {
            return std::nullopt;
        } else if (text[at] == '~') {
            tokens.back() += next == '0' ? '~' : '/';
            ++at;
        } else {
            tokens.back() += text[at];
        }
    }
    return is_valid_utf8(text) ? std::optional(tokens) : std::nullopt;
}

/// A document of nested objects in which \a tokens lead to the number 1.
std::string document_for(const std::vector<std::string>& tokens) {
    std::string document;
    for (const std::string& token : tokens) {
        document += "{ \"\": 0, ";
        append_json_string(document, token + "x");
        document += ": [0], ";
        append_json_string(document, token);
        document += " : ";
    }
    document += "1";
    return document.append(tokens.size(), '}');
}

void check_index(const std::string& token) {
    const bool digits =
        !token.empty() && std::ranges::all_of(token, [](char c) { return c >= '0' && c <= '9'; });
    const bool leading_zero = token.size() > 1 && token.front() == '0';
    const std::optional<std::size_t> index = array_index(token);
    RUNNEL_ENSURE(!index || std::to_string(*index) == token, "another index");
    RUNNEL_ENSURE(index || !digits || leading_zero || token.size() >= 20, "not an index");
}

void check(std::string_view text) {
    const Result<JsonPointer> pointer = JsonPointer::parse(text);
    const std::optional<std::vector<std::string>> wanted = naive_tokens(text);
    RUNNEL_ENSURE(pointer.ok() == wanted.has_value(), "the naive reading disagrees");
    if (!pointer) {
        return;
    }
    RUNNEL_ENSURE(pointer->text() == text && pointer->tokens() == *wanted, "another pointer");
    std::ranges::for_each(*wanted, check_index);

    // A token "" would be the first member of its object, which is 0.
    const bool has_empty = std::ranges::find(*wanted, "") != wanted->end();
    if (has_empty || wanted->size() > 1000) {
        return;
    }
    const std::string document = document_for(*wanted);
    const Result<JsonValue> value = parse_json_document(document);
    RUNNEL_ENSURE(value.ok(), "the document is not valid");
    const JsonValue* const found = find_value(*value, *pointer);
    RUNNEL_ENSURE(found != nullptr && found->text == "1", "find_value() finds another value");
    std::string column;
    RUNNEL_ENSURE(Extractor({*pointer}).extract(document, column) && column == "1",
                  "extract() finds another value");
}

}  // namespace
}  // namespace runnel

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    runnel::check(runnel::fuzz::as_text(data, size));
    return 0;
}
