#include "app/format/line_format.hpp"

namespace runnel {

Task<Result<void>> LineFormat::take(http::Response& response, Item& item) {
    const std::unique_ptr<BodyFilter> filter = filters_.make(response, item.tag(tag_));
    std::string lines;
    bool more = true;
    while (more) {
        Result<bool> read = co_await read_filtered(response, *filter, lines);
        if (!read) {
            item.out.append(lines);
            co_return std::move(read).error();
        }
        more = *read;
        co_await item.out.write(lines);
    }
    co_return Result<void>();
}

void LineFormat::conclude(const Record& record, Item& item) {
    filters_.conclude(record, item.out, tag_);
}

}  // namespace runnel
