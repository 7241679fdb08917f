#include "app/format/write_out_format.hpp"

#include <utility>

#include "http/body.hpp"

namespace runnel {

WriteOutFormat::WriteOutFormat(WriteOutTemplate text, WriteOutTemplate::Values values)
    : template_(std::move(text)), values_(values) {
    for (const JsonPointer& pointer : template_.pointers()) {
        extractors_.emplace_back(std::vector<JsonPointer>{pointer});
    }
}

void WriteOutFormat::answered(const http::Response& response, Item& item) {
    item.values.clear();
    for (const std::string& name : template_.headers()) {
        item.values.push_back(response.header(name).value_or(""));
    }
}

Task<Result<void>> WriteOutFormat::take(http::Response& response, Item& item) {
    if (extractors_.empty()) {
        co_return co_await http::read_to_end(response);
    }
    RUNNEL_CO_TRY_ASSIGN(const std::string body, co_await http::read_whole(response));
    Result<void> found;
    for (Extractor& extractor : extractors_) {
        Result<void> extracted = extractor.extract(body, item.values.emplace_back());
        if (found) {
            found = std::move(extracted);
        }
    }
    co_return found;
}

void WriteOutFormat::conclude(const Record& record, Item& item) {
    // Values of an earlier attempt do not count if the last one got no response.
    const std::vector<std::string> none;
    template_.append(record, record.response_code ? item.values : none, text_, values_);
    item.out.append(text_);
}

}  // namespace runnel
