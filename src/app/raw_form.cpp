#include "app/raw_form.hpp"

namespace runnel {

Task<Result<void>> RawForm::take(http::Response& response, Item& item) {
    const Result<std::string_view> first = co_await response.read();
    if (!first) {
        co_return first.error();
    }
    if (first->empty()) {
        co_return Result<void>();
    }
    // Not before there is a body: a server that only sends headers must not hold up the others.
    ReorderWindow::Slot slot = window_.open();
    Result<void> written = co_await write(response, *first, slot);
    item.printed = written || slot.printed();
    if (written) {
        slot.close();
    }
    co_return written;
}

/// Everything from the \a first piece on.
Task<Result<void>> RawForm::write(http::Response& response, std::string_view first,
                                  ReorderWindow::Slot& slot) {
    Result<std::string_view> piece = first;
    while (piece && !piece->empty()) {
        co_await slot.write(*piece);
        // What was parked may have gone out at once: everybody waits until stdout has taken it.
        co_await output_.room();
        piece = co_await response.read();
    }
    if (!piece) {
        co_return piece.error();
    }
    co_return Result<void>();
}

}  // namespace runnel
