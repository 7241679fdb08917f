#include "io/line_cutter.hpp"

#include <algorithm>
#include <limits>

#include "base/ensure.hpp"

namespace runnel {

namespace {

/// What is kept of a line that is too long: enough to recognise it by.
constexpr std::size_t kShown = 256;

}  // namespace

LineCutter::LineCutter(std::uint64_t max_line, char delimiter) noexcept
    : max_line_(max_line == 0 ? std::numeric_limits<std::uint64_t>::max() : max_line),
      delimiter_(delimiter) {}

void LineCutter::feed(std::string_view block) {
    RUNNEL_ENSURE(block_.empty(), "a LineCutter was fed before it was done");
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
    if (unfinished_size_ == 0) {
        return std::nullopt;
    }
    return cut(std::string_view());
}

/// The unfinished line and \a end, which completes it.
Line LineCutter::cut(std::string_view end) {
    ++number_;
    if (unfinished_size_ == 0) {
        const bool too_long = end.size() > max_line_;
        return Line(std::string(too_long ? end.substr(0, kShown) : end), number_, too_long);
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
    if (unfinished_.size() > kShown) {
        unfinished_.resize(kShown);
        unfinished_.shrink_to_fit();
    }
    unfinished_ += piece.substr(0, kShown - unfinished_.size());
}

}  // namespace runnel
