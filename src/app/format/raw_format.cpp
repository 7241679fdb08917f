#include "app/format/raw_format.hpp"

namespace runnel {

Task<Result<void>> RawFormat::take(http::Response& response, Item& item) {
    Result<std::string_view> first = co_await response.read();
    if (item.out.ordered()) {
        co_return co_await print(response, std::move(first), item.out);
    }
    // No place before there is a body: a server that only sends headers must not hold up others.
    if (!first || first->empty()) {
        co_return first ? Result<void>() : Result<void>(first.error());
    }
    ItemWriter placed = order_.place();
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
