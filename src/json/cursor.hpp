#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "json/structural_index.hpp"

namespace runnel {

/// Walks over the tokens of a JSON text and checks all of it against RFC 8259, without extensions.
/// A value is skipped with skip(), read with string(), or opened with members() or elements(). Each
/// step returns false at the first byte that is not JSON: problem() then holds the reason, and the
/// cursor must not be used any further. The caller checks two things: halves of surrogate pairs,
/// which the grammar allows (see append_unescaped()), and equal keys.
///
/// A text may hold several documents, one per line (NDJSON): see start_document().
class JsonCursor {
public:
    /// Maximum nesting depth. Limited because cursors are used recursively.
    static constexpr unsigned kMaxDepth = 1024;

    /// A position between tokens, for text_between() and append_compact().
    using Mark = const std::uint32_t*;

    /// Starts before the first token of \a index, which must have been built and must not change.
    /// Call start_document() first.
    explicit JsonCursor(const StructuralIndex& index)
        : text_(index.text()), base_(text_.data()), next_(index.tokens()) {}

    /// Starts a document at the next token. It ends before the offset \a end: that of a line end,
    /// or the size of the text.
    void start_document(std::size_t end) noexcept {
        end_ = static_cast<std::uint32_t>(end);
        depth_ = 0;
    }
    /// Returns true if only white space follows; otherwise sets problem().
    [[nodiscard]] bool finish_document() noexcept {
        return at_end() || fail("unexpected text after the value");
    }

    [[nodiscard]] bool at_end() const noexcept { return *next_ >= end_; }
    /// Returns the first byte of the next token, which determines its kind, or NUL at the end.
    [[nodiscard]] char peek() const noexcept { return at_end() ? '\0' : base_[*next_]; }
    [[nodiscard]] Mark mark() const noexcept { return next_; }

    /// Skips the next value with everything in it.
    [[nodiscard]] bool skip();

    /// Skips a string, which must be the next token. \a content is the text between its quotes;
    /// call append_unescaped() on it if has_escapes().
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
        return !has_escapes_ || check_escapes(content);
    }
    /// Returns whether the last string or key contains escapes.
    [[nodiscard]] bool has_escapes() const noexcept { return has_escapes_; }

    /// Opens the object that is next. Calls \a member with each key (the text between its quotes).
    /// \a member must move the cursor past the value, and returns whether to continue.
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

    /// Opens the array that is next. Calls \a element before each element. \a element must move the
    /// cursor past it, and returns whether to continue.
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

    /// Returns the text from one token up to another of the same document, as written, without
    /// trailing white space.
    [[nodiscard]] std::string_view text_between(Mark from, Mark to) const noexcept {
        const char* const begin = base_ + *from;
        return {begin, static_cast<std::size_t>(end_before(to) - begin)};
    }
    /// Appends the same text without the white space between its tokens.
    void append_compact(std::string& out, Mark from, Mark to) const;

    /// Returns why a step returned false, with an offset into the text of the index. The reason is
    /// empty if a callback returned false.
    [[nodiscard]] const JsonProblem& problem() const noexcept { return problem_; }

private:
    static bool is_space(char byte) noexcept {
        return byte == ' ' || byte == '\n' || byte == '\r' || byte == '\t';
    }

    /// Returns the end of the token before \a next, without the white space (and line ends) between
    /// them.
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
            return fail("nested more than 1024 deep");
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
    [[nodiscard]] bool check_escapes(std::string_view content) noexcept;

    /// Reports a problem at the place of the next token, or at the end of the document.
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
    /// Offset of the first backslash at or after the last string, or npos: one search over the text
    /// instead of one per string.
    std::size_t next_escape_ = text_.find('\\');
    bool has_escapes_ = false;
    JsonProblem problem_;
};

}  // namespace runnel
