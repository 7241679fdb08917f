#include "app/record_form.hpp"

#include "http/body.hpp"

namespace runnel {

Task<Result<void>> RecordForm::take(http::Response& response, Item& item) {
    if (!options_.body) {
        co_return co_await http::read_to_end(response);
    }
    Result<std::string> body = co_await http::read_whole(response);
    if (!body) {
        co_return std::move(body).error();
    }
    item.body = std::move(*body);
    co_return Result<void>();
}

void RecordForm::conclude(const Record& record, Item& item) {
    append_json(record, line_);
    item.out.append(line_);
}

}  // namespace runnel
