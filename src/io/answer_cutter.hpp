#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>

namespace runnel {

/// Cuts what a coprocess prints into the answers to one block of lines: one line for each line.
class AnswerCutter {
public:
    /// Complete answers.
    class Answers {
    public:
        Answers() = default;

        std::string text;  ///< Each with its line end.
        std::size_t count = 0;
    };

    /// Expects \a lines answers of at most \a max_answer bytes each, without the line end; 0 means
    /// no limit.
    AnswerCutter(std::size_t lines, std::uint64_t max_answer) noexcept
        : missing_(lines),
          max_answer_(max_answer == 0 ? std::numeric_limits<std::uint64_t>::max() : max_answer) {}

    /// Takes the next \a piece of the output, and returns the answers that it completes. Do not
    /// call it again when the answers are complete or one is too long.
    [[nodiscard]] Answers feed(std::string piece);

    /// Number of answers that were not returned yet.
    [[nodiscard]] std::size_t missing() const noexcept { return missing_; }
    /// Whether all answers were returned.
    [[nodiscard]] bool complete() const noexcept { return missing_ == 0; }
    /// Whether there are bytes after the last answer.
    [[nodiscard]] bool has_surplus() const noexcept { return complete() && !unfinished_.empty(); }
    /// Whether the next answer exceeds the limit.
    [[nodiscard]] bool too_long() const noexcept { return too_long_; }

private:
    std::size_t missing_;
    std::uint64_t max_answer_;
    std::string unfinished_;  ///< What was fed and not returned.
    bool too_long_ = false;
};

}  // namespace runnel
