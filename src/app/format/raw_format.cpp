#include "app/format/raw_format.hpp"

namespace runnel {

Task<Result<void>> RawFormat::take(http::Response& response, Item& item) {
    Result<std::string_view> first = co_await response.read();
    if (item.out.ordered()) {
        co_return co_await print(response, std::move(first), item.out);
    }
    // The place is taken when the body begins, so that a server that only sends headers does not
    // hold up others.
    if (!first) {
        co_return std::move(first).error();
    }
    if (first->empty()) {
        co_return Result<void>();
    }
    ItemWriter placed = order_.last();
    Result<void> printed = co_await print(response, std::move(first), placed);
    if (printed || placed.printed()) {
        item.out = std::move(placed);
    }
    co_return printed;
}

Task<Result<void>> RawFormat::print(http::Response& response, Result<std::string_view> piece,
                                    ItemWriter& out) {
    AllOrNothing body(out);
    while (piece && !piece->empty()) {
        co_await out.write(*piece);
        piece = co_await response.read();
    }
    if (!piece) {
        co_return piece.error();
    }
    body.all_written();
    co_return Result<void>();
}

}  // namespace runnel
