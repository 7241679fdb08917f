#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.hpp"
#include "json/cursor.hpp"
#include "json/pointer.hpp"
#include "json/structural_index.hpp"

namespace runnel {

/// Appends \a text as a field of a tab-separated line: tab, newline and backslash are written as
/// `\t`, `\n` and `\\`.
void append_field(std::string& out, std::string_view text);

/// Extracts the values at JSON Pointers from JSON documents. The values of one document are
/// separated by tabs, in the order of the pointers:
/// - A string is written without quotes and escapes, except that tab, newline and backslash are
///   written as `\t`, `\n` and `\\`. CR and NUL are written as they are.
/// - An object or array is written as JSON without white space between its tokens. Numbers, true,
///   false and null are written as they are.
/// - If an object has equal keys, the first one counts.
///
/// The whole document is checked, not only the extracted values: see JsonCursor. A byte order mark
/// before a body is skipped. Errors are of ErrorClass::Extract; the message names the missing
/// pointer, or the problem and its place.
///
/// One Extractor can be used for any number of bodies in turn. It keeps at most a few MiB between
/// calls.
class Extractor {
public:
    /// State of a body of lines between blocks.
    class Lines {
    public:
        explicit Lines(std::string line_prefix = {}) : prefix(std::move(line_prefix)) {}

        std::string prefix;       ///< Written before the values of each line.
        std::uint64_t count = 0;  ///< Lines so far, including blank ones.
    };

    /// Extracts the values at \a pointers, of which there must be at least one. Writes \a missing,
    /// as a field, for each value that a document lacks; if it is not set, such a document fails.
    explicit Extractor(std::vector<JsonPointer> pointers,
                       std::optional<std::string> missing = std::nullopt);
    Extractor(const Extractor&) = delete;
    Extractor& operator=(const Extractor&) = delete;
    ~Extractor() = default;

    /// Appends the values of \a document to \a out, without a newline. Leaves \a out unchanged on
    /// failure.
    [[nodiscard]] Result<void> extract(std::string_view document, std::string& out);

    /// Extracts from each line of \a block, the next part of the body of \a lines. It consists of
    /// whole lines; only the last line of a body may lack its newline. Appends the prefix, the
    /// values and a newline for each line that is not blank. Stops at the first line that fails;
    /// the error contains its number, and \a out has the output of the lines before it.
    [[nodiscard]] Result<void> extract_lines(std::string_view block, Lines& lines,
                                             std::string& out);

private:
    /// A place in a document that a pointer refers to or passes through.
    struct Target {
        std::string token;
        std::optional<std::size_t> index;
        std::vector<Target*> children;
        JsonCursor::Mark begin = nullptr;  ///< In the current document; null if not found.
        JsonCursor::Mark end = nullptr;
    };

    Target& target_of(const JsonPointer& pointer);
    [[nodiscard]] bool walk(JsonCursor& cursor, Target& target);
    [[nodiscard]] bool walk_members(JsonCursor& cursor, const Target& target);
    [[nodiscard]] bool walk_elements(JsonCursor& cursor, const Target& target);
    [[nodiscard]] Result<void> take_document(JsonCursor& cursor, std::size_t begin,
                                             std::string& out);
    [[nodiscard]] Result<void> append_value(const JsonCursor& cursor, std::size_t at,
                                            std::string& out);
    [[nodiscard]] Result<void> take_slice(std::string_view slice, std::size_t readable_after,
                                          Lines& lines, std::string& out);
    [[nodiscard]] Result<void> take_indexed_lines(Lines& lines, std::string& out);

    std::vector<JsonPointer> pointers_;
    std::optional<std::string> missing_;
    std::deque<Target> targets_;   ///< The first is the whole document.
    std::vector<Target*> wanted_;  ///< One for each pointer.
    StructuralIndex index_;
    std::string unescaped_;
};

}  // namespace runnel
