#include "io/line_stream.hpp"

#include <utility>

namespace runnel {

Task<Result<std::optional<Line>>> LineStream::next() {
    const Context& context = co_await this_task::context();
    if (context.stop.stop_requested()) {
        throw Cancelled();
    }
    for (;;) {
        std::optional<Line> line = cutter_.next();
        if (line) {
            co_return std::move(line);
        }
        Result<std::string> block = co_await stream_.read();
        if (!block.ok()) {
            co_return std::move(block).error();
        }
        if (block->empty()) {
            std::optional<Line> last = cutter_.finish();
            cut_off_ = last.has_value();
            co_return std::move(last);
        }
        block_ = *std::move(block);
        cutter_.feed(block_);
    }
}

}  // namespace runnel
