#include "app/format/write_out_format.hpp"

#include "http/body.hpp"

namespace runnel {

WriteOutFormat::WriteOutFormat(const WriteOutTemplate& format) : format_(format) {
    for (const JsonPointer& pointer : format.pointers()) {
        extractors_.emplace_back(std::vector<JsonPointer>{pointer});
    }
}

void WriteOutFormat::answered(const http::Response& response, Item& item) {
    item.values.clear();
    for (const std::string& name : format_.headers()) {
        item.values.push_back(response.header(name).value_or(""));
    }
}

Task<Result<void>> WriteOutFormat::take(http::Response& response, Item& item) {
    if (extractors_.empty()) {
        co_return co_await http::read_to_end(response);
    }
    const Result<std::string> body = co_await http::read_whole(response);
    if (!body) {
        co_return body.error();
    }
    Result<void> found;
    for (Extractor& extractor : extractors_) {
        Result<void> extracted = extractor.extract(*body, item.values.emplace_back());
        if (found) {
            found = std::move(extracted);
        }
    }
    co_return found;
}

void WriteOutFormat::conclude(const Record& record, Item& item) {
    // An attempt that got no response has no values, whatever the one before it had.
    const std::vector<std::string> none;
    format_.append(record, record.response_code ? item.values : none, text_);
    item.out.append(text_);
}

}  // namespace runnel
