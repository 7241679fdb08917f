#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "json/structural_index.hpp"

namespace runnel {

/// Walks over the tokens of one JSON text and holds it against the grammar, all of it: RFC 8259,
/// and nothing beside it. Values are passed with skip(), or opened with members() and elements().
/// Each step returns false at the first thing that is not JSON; problem() then says what, and the
/// cursor is of no more use. Two things are left to whoever unescapes a string: halves of surrogate
/// pairs, which the grammar allows, and equal keys.
///
/// One text may hold many documents, one a line (NDJSON): see start_document().
class JsonCursor {
public:
    /// Deeper nesting than this is a problem: what walks here does so by recursion.
    static constexpr unsigned kMaxDepth = 1024;

    /// A token, for text_between() and append_compact().
    using Mark = const std::uint32_t*;

    /// Stands before the first token of \a index, which was built and stays as it is. The first
    /// thing to do is to start a document.
    explicit JsonCursor(const StructuralIndex& index)
        : text_(index.text()), base_(text_.data()), next_(index.tokens()) {}

    /// The next token begins a document, which ends before the offset \a end: that of a line end,
    /// or the size of the text.
    void start_document(std::size_t end) noexcept {
        end_ = static_cast<std::uint32_t>(end);
        depth_ = 0;
    }
    /// True when nothing but white space follows; else that is the problem.
    [[nodiscard]] bool finish_document() noexcept {
        return at_end() || fail("the document goes on after its end");
    }

    [[nodiscard]] bool at_end() const noexcept { return *next_ >= end_; }
    /// The first byte of the next token, which tells its kind; NUL at the end.
    [[nodiscard]] char peek() const noexcept { return at_end() ? '\0' : base_[*next_]; }
    [[nodiscard]] Mark mark() const noexcept { return next_; }

    /// Passes the next value with everything in it.
    [[nodiscard]] bool skip();

    /// Passes a string, which must be next. \a content is what stands between its quotes, to be
    /// read with append_unescaped() if has_escapes().
    [[nodiscard]] bool string(std::string_view& content) noexcept {
        const std::uint32_t begin = *next_++;
        const auto last = static_cast<std::size_t>(end_before(next_) - base_) - 1;
        if (last == begin || base_[last] != '"') {
            return fail_at(begin, "a string has no closing quote");
        }
        content = std::string_view(base_ + begin + 1, last - begin - 1);
        if (next_escape_ < begin) {
            next_escape_ = text_.find('\\', begin);
        }
        has_escapes_ = next_escape_ < last;
        return !has_escapes_ || escapes_are_good(content);
    }
    /// Whether the string or key that was passed last has escapes.
    [[nodiscard]] bool has_escapes() const noexcept { return has_escapes_; }

    /// Opens the object that is next. \a member is called with each key (what stands between its
    /// quotes), must pass the value, and returns whether to go on.
    template <class Member>
    [[nodiscard]] bool members(Member&& member) {
        if (!enter()) {
            return false;
        }
        if (peek() == '}') {
            return leave();
        }
        do {
            std::string_view key;
            if (peek() != '"') {
                return fail("a key in quotes is missing");
            }
            if (!string(key)) {
                return false;
            }
            if (!take(':')) {
                return fail("a colon is missing");
            }
            if (!member(key)) {
                return false;
            }
        } while (take(','));
        return peek() == '}' ? leave() : fail("a comma or } is missing");
    }

    /// Opens the array that is next. \a element is called for each element, must pass it, and
    /// returns whether to go on.
    template <class Element>
    [[nodiscard]] bool elements(Element&& element) {
        if (!enter()) {
            return false;
        }
        if (peek() == ']') {
            return leave();
        }
        do {
            if (!element()) {
                return false;
            }
        } while (take(','));
        return peek() == ']' ? leave() : fail("a comma or ] is missing");
    }

    /// The text from one token up to another, as written and without white space at its end. Both
    /// are of the same document.
    [[nodiscard]] std::string_view text_between(Mark from, Mark to) const noexcept {
        const char* const begin = base_ + *from;
        return {begin, static_cast<std::size_t>(end_before(to) - begin)};
    }
    /// Appends the same without the white space between its tokens.
    void append_compact(std::string& out, Mark from, Mark to) const;

    /// Why a step returned false, with an offset into the text of the index. No reason if that was
    /// a callback's doing.
    [[nodiscard]] const JsonProblem& problem() const noexcept { return problem_; }

private:
    static bool is_space(char byte) noexcept {
        return byte == ' ' || byte == '\n' || byte == '\r' || byte == '\t';
    }

    /// Where the token before \a next ends: the next one, less the white space between them, which
    /// may hold line ends.
    [[nodiscard]] const char* end_before(Mark next) const noexcept {
        const char* end = base_ + *next;
        while (is_space(end[-1])) {
            --end;
        }
        return end;
    }
    [[nodiscard]] bool take(char token) noexcept {
        const bool is_next = peek() == token;
        next_ += is_next ? 1 : 0;
        return is_next;
    }
    [[nodiscard]] bool enter() noexcept {
        if (depth_ == kMaxDepth) {
            return fail("the nesting is deeper than 1024");
        }
        ++depth_;
        ++next_;
        return true;
    }
    [[nodiscard]] bool leave() noexcept {
        --depth_;
        ++next_;
        return true;
    }

    [[nodiscard]] bool number() noexcept;
    [[nodiscard]] bool literal(std::string_view name) noexcept;
    [[nodiscard]] bool escapes_are_good(std::string_view content) noexcept;

    /// For what is missing where the next token is.
    bool fail(std::string_view reason) noexcept { return fail_at(std::min(*next_, end_), reason); }
    bool fail_at(std::size_t offset, std::string_view reason) noexcept {
        problem_ = {reason, offset};
        return false;
    }

    std::string_view text_;
    const char* base_;
    Mark next_;
    std::uint32_t end_ = 0;
    unsigned depth_ = 0;
    /// The first backslash that is not before the string passed last, or npos: one search over the
    /// text instead of one in each string.
    std::size_t next_escape_ = text_.find('\\');
    bool has_escapes_ = false;
    JsonProblem problem_;
};

}  // namespace runnel
