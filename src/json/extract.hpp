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

/// Appends \a text as a field of a line that tabs divide: tab, newline and backslash come as `\t`,
/// `\n` and `\\`.
void append_field(std::string& out, std::string_view text);

/// Takes the values at some JSON Pointers out of JSON documents. Those of one document are
/// separated by tabs, in the order of the pointers:
/// - A string comes without quotes and escapes, but with tab, newline and backslash as `\t`, `\n`
///   and `\\`. Nothing else is escaped: CR and NUL come as they are.
/// - An object or array comes as JSON without white space between its tokens, and otherwise as
///   written. A number, true, false and null come as written.
/// - Of equal keys in an object the first counts.
///
/// All of a document is checked, not only what is taken: see JsonCursor. A byte order mark before a
/// body is passed over. Failures are ErrorClass::Extract and say what is missing, or what is wrong
/// and where.
///
/// One Extractor serves any number of bodies by turns. It keeps a few MiB at most between calls.
class Extractor {
public:
    /// What is to be remembered of a body of lines from one block to the next.
    class Lines {
    public:
        explicit Lines(std::string line_prefix = {}) : prefix(std::move(line_prefix)) {}

        std::string prefix;       ///< Put before the values of each line.
        std::uint64_t count = 0;  ///< Lines so far, blank ones too.
    };

    /// \a pointers: at least one.
    explicit Extractor(std::vector<JsonPointer> pointers);
    Extractor(const Extractor&) = delete;
    Extractor& operator=(const Extractor&) = delete;
    ~Extractor() = default;

    /// Appends the values of \a document to \a out, without a newline. Leaves \a out as it was if
    /// it fails.
    [[nodiscard]] Result<void> extract(std::string_view document, std::string& out);

    /// Takes \a block as whole lines (the last one may lack its newline) that follow on \a lines,
    /// and each as a document of its own. Appends the prefix, the values and a newline for each;
    /// nothing for a line that is blank. Ends with the first line that fails, and names it; those
    /// before it are in \a out then.
    [[nodiscard]] Result<void> extract_lines(std::string_view block, Lines& lines,
                                             std::string& out);

private:
    /// A place that a pointer leads to, or through.
    struct Target {
        std::string token;
        std::optional<std::size_t> index;
        std::vector<Target*> children;
        JsonCursor::Mark begin = nullptr;  ///< In the document at hand; null: not there.
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
    std::deque<Target> targets_;   ///< The first is the whole document.
    std::vector<Target*> wanted_;  ///< One for each pointer.
    StructuralIndex index_;
    std::string unescaped_;
};

}  // namespace runnel
