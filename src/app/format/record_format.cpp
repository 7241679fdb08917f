#include "app/format/record_format.hpp"

#include "http/body.hpp"

namespace runnel {

Task<Result<void>> RecordFormat::take(http::Response& response, Item& item) {
    if (!with_body_) {
        co_return co_await http::read_to_end(response);
    }
    Result<std::string> body = co_await http::read_whole(response);
    if (!body) {
        co_return std::move(body).error();
    }
    item.body = std::move(*body);
    co_return Result<void>();
}

void RecordFormat::conclude(const Record& record, Item& item) {
    append_json(record, line_);
    item.out.append(line_);
}

}  // namespace runnel
