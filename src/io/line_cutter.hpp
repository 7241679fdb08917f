#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace runnel {

/// One line of an input, without its delimiter.
class Line {
public:
    Line() = default;
    Line(std::string line_text, std::uint64_t line_number, bool line_too_long) noexcept
        : text(std::move(line_text)), number(line_number), too_long(line_too_long) {}

    /// The line, or its first 256 bytes if it is too long. A CR before the delimiter is kept.
    std::string text;
    /// Counts every delimited piece of the input, from 1.
    std::uint64_t number = 0;
    bool too_long = false;
};

/// Cuts the blocks of one input into lines. Stores at most the unfinished line, and only the
/// beginning of a line that is too long.
class LineCutter {
public:
    /// \a max_line is in bytes without the delimiter; 0 means no limit.
    LineCutter(std::uint64_t max_line, char delimiter) noexcept;

    /// Takes the next \a block, which must live until next() has returned nullopt.
    void feed(std::string_view block);
    /// Returns the next complete line; nullopt when the block is used up.
    [[nodiscard]] std::optional<Line> next();
    /// Ends the input. Returns the last line if it had no delimiter.
    [[nodiscard]] std::optional<Line> finish();

    /// Whether there are bytes that next() has not returned: of the block or of an unfinished line.
    [[nodiscard]] bool holds_bytes() const noexcept {
        return !block_.empty() || unfinished_size_ > 0;
    }

private:
    [[nodiscard]] Line cut(std::string_view end);
    void keep(std::string_view piece);

    std::uint64_t max_line_;
    char delimiter_;
    std::string_view block_;
    std::string unfinished_;
    std::uint64_t unfinished_size_ = 0;
    std::uint64_t number_ = 0;
};

}  // namespace runnel
