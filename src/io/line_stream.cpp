#include "io/line_stream.hpp"

#include <utility>

namespace runnel {

Task<Result<std::optional<Line>>> LineStream::next() {
    co_await this_task::throw_if_stopped();
    for (;;) {
        if (std::optional<Line> line = cutter_.next()) {
            co_return std::move(line);
        }
        RUNNEL_CO_TRY_ASSIGN(block_, co_await stream_.read());
        if (block_.empty()) {
            std::optional<Line> last = cutter_.finish();
            cut_off_ = last.has_value();
            co_return std::move(last);
        }
        cutter_.feed(block_);
    }
}

}  // namespace runnel
