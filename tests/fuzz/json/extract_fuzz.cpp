// Extraction: agreement with a tree of the document, and blocks of lines are extracted as their
// lines. The first line has pointers, separated by blanks; the rest is the document, or lines.

#include "json/extract.hpp"

#include <algorithm>
#include <string>
#include <vector>

#include "base/ensure.hpp"
#include "base/text.hpp"
#include "fuzz/fuzz_text.hpp"
#include "json/document.hpp"

namespace runnel {
namespace {

constexpr std::string_view kBefore = "before";

std::vector<JsonPointer> pointers_of(std::string_view line) {
    std::vector<JsonPointer> pointers;
    while (!line.empty() && pointers.size() < 8) {
        const std::string_view word = line.substr(0, line.find(' '));
        line.remove_prefix(std::min(word.size() + 1, line.size()));
        if (Result<JsonPointer> pointer = JsonPointer::parse(word)) {
            pointers.push_back(*std::move(pointer));
        }
    }
    if (pointers.empty()) {
        pointers.push_back(*JsonPointer::parse(""));
    }
    return pointers;
}

/// Whether \a column is what the output has for \a value.
bool is_column_of(std::string_view column, const JsonValue& value) {
    if (value.kind == JsonValue::Kind::String) {
        std::string field;
        append_field(field, value.text);
        return column == field;
    }
    // As written, with other escapes than append_json() would write.
    const Result<JsonValue> read = parse_json_document(column);
    std::string one;
    std::string other;
    if (read) {
        append_json(*read, one);
        append_json(value, other);
    }
    return read && one == other && column.find('\n') == std::string_view::npos;
}

/// \a columns are separated by tabs, which values contain as `\t` only.
void check_columns(std::string_view columns, const std::vector<JsonPointer>& pointers,
                   const JsonValue& document) {
    std::size_t seen = 0;
    for (const JsonPointer& pointer : pointers) {
        const std::string_view column = columns.substr(0, columns.find('\t'));
        columns.remove_prefix(std::min(column.size() + 1, columns.size()));
        const JsonValue* const value = find_value(document, pointer);
        RUNNEL_ENSURE(value != nullptr && is_column_of(column, *value), "another value");
        ++seen;
    }
    RUNNEL_ENSURE(seen == pointers.size() && columns.empty(), "another number of columns");
}

void check_document(const std::vector<JsonPointer>& pointers, std::string_view text) {
    std::string out(kBefore);
    const Result<void> taken = Extractor(pointers).extract(text, out);
    RUNNEL_ENSURE(taken || out == kBefore, "output of a failure");
    const std::string_view json = without_byte_order_mark(text);
    const Result<JsonValue> document = parse_json_document(json);
    RUNNEL_ENSURE(!taken || is_valid_json(json), "not JSON, but extracted");
    if (!document) {
        return;
    }
    bool found = true;
    for (const JsonPointer& pointer : pointers) {
        found = found && find_value(*document, pointer) != nullptr;
    }
    RUNNEL_ENSURE(taken.ok() == found, "fails although all pointers are there, or the reverse");
    if (taken) {
        check_columns(std::string_view(out).substr(kBefore.size()), pointers, *document);
    }
}

struct Lines {
    std::string out;
    std::string message;
};

/// Passes \a text in blocks of \a most lines.
Lines extract_lines(const std::vector<JsonPointer>& pointers, std::string_view text,
                    std::size_t most) {
    Extractor extractor(pointers);
    Extractor::Lines state("> ");
    Lines lines;
    while (!text.empty()) {
        std::size_t end = 0;
        for (std::size_t left = most; left > 0 && end < text.size(); --left) {
            end = std::min(text.find('\n', end), text.size() - 1) + 1;
        }
        if (const Result<void> taken =
                extractor.extract_lines(text.substr(0, end), state, lines.out);
            !taken) {
            lines.message = taken.error().message();
            return lines;
        }
        text.remove_prefix(end);
    }
    return lines;
}

/// Extracts each line by itself.
std::string each_line(const std::vector<JsonPointer>& pointers, std::string_view text) {
    std::string out;
    text = without_byte_order_mark(text);
    while (!text.empty()) {
        const std::string_view line = fuzz::take_line(text);
        std::string columns;
        if (trimmed(line, " \t\r").empty()) {
            continue;
        }
        // A mark is only skipped at the beginning of the body.
        if (line.starts_with("\xef\xbb\xbf") || !Extractor(pointers).extract(line, columns)) {
            break;
        }
        out += "> " + columns + '\n';
    }
    return out;
}

void check_lines(const std::vector<JsonPointer>& pointers, std::string_view text) {
    const Lines whole = extract_lines(pointers, text, text.size());
    const Lines single = extract_lines(pointers, text, 1);
    const Lines some = extract_lines(pointers, text, 3);
    RUNNEL_ENSURE(whole.out == single.out && whole.message == single.message, "blocks matter");
    RUNNEL_ENSURE(whole.out == some.out && whole.message == some.message, "blocks matter");
    RUNNEL_ENSURE(whole.out == each_line(pointers, text), "lines are not extracted as documents");
}

}  // namespace
}  // namespace runnel

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    std::string_view text = runnel::fuzz::as_text(data, size);
    const std::vector<runnel::JsonPointer> pointers =
        runnel::pointers_of(runnel::fuzz::take_line(text));
    runnel::check_document(pointers, text);
    runnel::check_lines(pointers, text);
    return 0;
}
