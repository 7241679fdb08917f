#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "pipeline/body_filter.hpp"

namespace runnel {

/// Splits the chunks of one body into blocks of whole lines. Only `\n` ends a line, and no byte is
/// changed: CR, NUL, BOM, invalid UTF-8 and characters split between chunks are kept.
///
/// Holds only the unfinished line: at most `max_line` bytes (and the spare capacity of a growing
/// string). Costs one copy and a backward search for the last newline; lines are processed one by
/// one only if each gets a prefix.
class LineSplitter final : public BodyFilter {
public:
    /// \a max_line is in bytes without the newline; 0 means no limit. \a prefix is written before
    /// each line and does not count.
    explicit LineSplitter(std::uint64_t max_line, std::string prefix = {});

    /// Appends the lines that \a chunk completes to \a out. Fails with ErrorClass::TooLarge as soon
    /// as a line is too long, even if unfinished: \a out has the lines before it, and all further
    /// calls of feed() and finish() fail.
    [[nodiscard]] Result<void> feed(std::string_view chunk, std::string& out) override;

    /// Appends the unfinished last line, if any, with a newline, at the end of the body.
    [[nodiscard]] Result<void> finish(std::string& out) override;

    /// Returns whether any line was appended so far.
    [[nodiscard]] bool emitted() const noexcept { return emitted_; }

private:
    [[nodiscard]] Error too_long() const;
    void emit(std::string_view block, std::string& out);
    void forget_unfinished();

    std::uint64_t max_line_;
    std::string prefix_;
    std::string unfinished_;
    bool emitted_ = false;
    bool failed_ = false;
};

}  // namespace runnel
