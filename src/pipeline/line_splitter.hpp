#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "pipeline/body_filter.hpp"

namespace runnel {

/// Turns the chunks of one body into blocks of whole lines. Only `\n` ends a line, and no byte is
/// changed: CR, NUL, BOM, invalid UTF-8 and characters cut by a chunk's edge come out as they came.
///
/// Holds no more than the unfinished line, so at most `max_line` bytes (and the slack of a growing
/// string). Costs one copy and a backward search for the last line end; lines are looked at one by
/// one only when each gets a prefix.
class LineSplitter final : public BodyFilter {
public:
    /// \a max_line in bytes without the newline; 0: no limit. \a prefix is put before every line,
    /// and does not count.
    explicit LineSplitter(std::uint64_t max_line, std::string prefix = {});

    /// Appends the lines that \a chunk completes to \a out. Fails with ErrorClass::TooLarge as soon
    /// as a line is over-long, finished or not: the lines before it are in \a out, and from then on
    /// feed() and finish() only fail.
    [[nodiscard]] Result<void> feed(std::string_view chunk, std::string& out) override;

    /// The body is complete: appends its unfinished last line, if any, and a newline.
    [[nodiscard]] Result<void> finish(std::string& out) override;

    /// Whether any line was appended so far.
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
