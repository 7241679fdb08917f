#include "app/record_form.hpp"

namespace runnel {

Task<Result<void>> RecordForm::take(http::Response& response, Item& /*item*/) {
    for (;;) {
        const Result<std::string_view> piece = co_await response.read();
        if (!piece) {
            co_return piece.error();
        }
        if (piece->empty()) {
            co_return Result<void>();
        }
    }
}

void RecordForm::conclude(const Record& record, const Item& /*item*/) {
    line_.clear();
    append_json(record, line_);
    output_.append(line_);
}

}  // namespace runnel
