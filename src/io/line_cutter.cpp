#include "io/line_cutter.hpp"

#include <limits>

#include "base/ensure.hpp"

namespace runnel {

namespace {

/// Number of bytes kept of a line that is too long, to identify it in messages.
constexpr std::size_t kMaxShown = 256;

}  // namespace

LineCutter::LineCutter(std::uint64_t max_line, char delimiter) noexcept
    : max_line_(max_line == 0 ? std::numeric_limits<std::uint64_t>::max() : max_line),
      delimiter_(delimiter) {}

void LineCutter::feed(std::string_view block) {
    RUNNEL_ENSURE(block_.empty(), "a LineCutter was fed before its block was used up");
    block_ = block;
}

std::optional<Line> LineCutter::next() {
    if (block_.empty()) {
        return std::nullopt;
    }
    const std::size_t size = block_.find(delimiter_);
    if (size == std::string_view::npos) {
        keep(std::exchange(block_, std::string_view()));
        return std::nullopt;
    }
    const std::string_view end = block_.substr(0, size);
    block_.remove_prefix(size + 1);
    return cut(end);
}

std::optional<Line> LineCutter::finish() {
    return unfinished_size_ == 0 ? std::nullopt : std::optional<Line>(cut(std::string_view()));
}

/// Returns the unfinished line completed with \a end.
Line LineCutter::cut(std::string_view end) {
    ++number_;
    if (unfinished_size_ == 0) {
        const bool too_long = end.size() > max_line_;
        return Line(std::string(too_long ? end.substr(0, kMaxShown) : end), number_, too_long);
    }
    keep(end);
    const bool too_long = std::exchange(unfinished_size_, 0) > max_line_;
    return Line(std::exchange(unfinished_, std::string()), number_, too_long);
}

void LineCutter::keep(std::string_view piece) {
    unfinished_size_ += piece.size();
    if (unfinished_size_ <= max_line_) {
        unfinished_ += piece;
        return;
    }
    if (unfinished_.size() > kMaxShown) {
        unfinished_.resize(kMaxShown);
        unfinished_.shrink_to_fit();
    }
    unfinished_ += piece.substr(0, kMaxShown - unfinished_.size());
}

}  // namespace runnel
