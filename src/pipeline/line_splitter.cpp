#include "pipeline/line_splitter.hpp"

#include <cstring>
#include <limits>
#include <utility>

#include <fmt/format.h>

namespace runnel {
namespace {

/// Maximum capacity kept for the next line (bytes), so that one long line does not cost its size
/// for the rest of the body.
constexpr std::size_t kMaxKeptLine = std::size_t{64} << 10;

/// Returns the offset after the last newline in \a text, or 0 if there is none.
std::size_t after_last_newline(std::string_view text) noexcept {
    if (text.empty()) {
        return 0;
    }
    // string_view::rfind goes byte by byte in libstdc++.
    const void* const found = ::memrchr(text.data(), '\n', text.size());
    return found == nullptr
               ? 0
               : static_cast<std::size_t>(static_cast<const char*>(found) - text.data()) + 1;
}

}  // namespace

LineSplitter::LineSplitter(std::uint64_t max_line, std::string prefix)
    : max_line_(max_line == 0 ? std::numeric_limits<std::uint64_t>::max() : max_line),
      prefix_(std::move(prefix)) {}

Result<void> LineSplitter::feed(std::string_view chunk, std::string& out) {
    if (failed_) {
        return too_long();
    }
    while (!chunk.empty()) {
        // A window of the maximum line length plus its newline: if it contains a newline, every
        // line up to the last one is short enough, so that lines need not be checked one by one.
        const std::uint64_t capacity = max_line_ - unfinished_.size();
        const bool full = capacity < chunk.size();
        const std::string_view window = full ? chunk.substr(0, capacity + 1) : chunk;
        const std::size_t end = after_last_newline(window);
        if (end == 0 && full) {
            failed_ = true;
            forget_unfinished();
            return too_long();
        }
        if (end == 0) {
            unfinished_ += chunk;
            break;
        }
        emit(window.substr(0, end), out);
        chunk.remove_prefix(end);
    }
    return {};
}

Result<void> LineSplitter::finish(std::string& out) {
    if (failed_) {
        return too_long();
    }
    if (!unfinished_.empty()) {
        emit("\n", out);
    }
    return {};
}

/// Writes \a block: whole lines, the first of which continues the unfinished one.
void LineSplitter::emit(std::string_view block, std::string& out) {
    emitted_ = true;
    if (prefix_.empty()) {
        out += unfinished_;
        out += block;
        forget_unfinished();
        return;
    }
    while (!block.empty()) {
        const std::size_t end = block.find('\n') + 1;
        out += prefix_;
        out += unfinished_;
        out += block.substr(0, end);
        forget_unfinished();
        block.remove_prefix(end);
    }
}

void LineSplitter::forget_unfinished() {
    unfinished_.clear();
    if (unfinished_.capacity() > kMaxKeptLine) {
        unfinished_.shrink_to_fit();
    }
}

Error LineSplitter::too_long() const {
    return Error(ErrorClass::TooLarge,
                 fmt::format("a line is longer than the {} bytes of --max-line", max_line_));
}

}  // namespace runnel
