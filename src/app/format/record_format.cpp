#include "app/format/record_format.hpp"

#include "http/body.hpp"

namespace runnel {

Task<Result<void>> RecordFormat::take(http::Response& response, Item& item) {
    if (!with_body_) {
        co_return co_await http::read_to_end(response);
    }
    RUNNEL_CO_TRY_ASSIGN(item.body, co_await http::read_whole(response));
    co_return Result<void>();
}

void RecordFormat::conclude(const Record& record, Item& item) {
    append_json(record, line_);
    item.out.append(line_);
}

}  // namespace runnel
