#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "async/stream.hpp"

namespace runnel {

namespace detail {

class LineSource final : public StreamSource<std::string> {
public:
    explicit LineSource(AsyncStream<std::string> chunks) : chunks_(std::move(chunks)) {}

    Task<std::optional<std::string>> next() override {
        for (;;) {
            const std::size_t end = text_.find('\n', searched_);
            if (end != std::string::npos) {
                std::string line = text_.substr(begin_, end - begin_);
                begin_ = searched_ = end + 1;
                co_return line;
            }
            text_.erase(0, begin_);
            begin_ = 0;
            searched_ = text_.size();
            std::optional<std::string> chunk = co_await chunks_.next();
            if (!chunk) {
                break;
            }
            text_ += *chunk;
        }
        if (text_.empty()) {
            co_return std::nullopt;
        }
        searched_ = 0;
        co_return std::exchange(text_, std::string());
    }
    Task<void> stop() override { return chunks_.stop(); }

private:
    AsyncStream<std::string> chunks_;
    std::string text_;
    std::size_t begin_ = 0;     ///< Of the first line not yet returned.
    std::size_t searched_ = 0;  ///< The text before it holds no further newline.
};

}  // namespace detail

/// Splits a text that arrives in \a chunks into lines without their newlines. Chunk boundaries do
/// not matter. A CR before the newline and empty lines are kept; the last line needs no newline.
/// There is no maximum line length: a line is held in memory as a whole.
[[nodiscard]] inline AsyncStream<std::string> split_lines(AsyncStream<std::string> chunks) {
    return AsyncStream<std::string>(std::make_unique<detail::LineSource>(std::move(chunks)));
}

}  // namespace runnel
