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
    std::size_t begin_ = 0;     ///< Of the first line that was not given.
    std::size_t searched_ = 0;  ///< Before it there is no further newline.
};

}  // namespace detail

/// The lines of a text that comes in \a chunks, however it is cut, each without its newline. A CR
/// before that is kept, empty lines count, and the last line comes without a newline too. A line
/// is held whole, however long it is.
[[nodiscard]] inline AsyncStream<std::string> split_lines(AsyncStream<std::string> chunks) {
    return AsyncStream<std::string>(std::make_unique<detail::LineSource>(std::move(chunks)));
}

}  // namespace runnel
