#include "app/line_form.hpp"

#include "pipeline/line_splitter.hpp"

namespace runnel {

Task<Result<void>> LineForm::take(http::Response& response, Item& item) {
    LineSplitter splitter(options_.max_line, item.tag(options_.tag));
    std::string lines;
    bool more = true;
    while (more) {
        const Result<std::string_view> piece = co_await response.read();
        if (!piece) {
            co_return piece.error();
        }
        more = !piece->empty();
        Result<void> split = more ? splitter.feed(*piece, lines) : splitter.finish(lines);
        item.printed = item.printed || !lines.empty();
        output_.append(lines);
        lines.clear();
        if (!split) {
            co_return split;
        }
        co_await output_.room();
    }
    co_return Result<void>();
}

}  // namespace runnel
