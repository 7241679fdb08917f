#include "app/format/whole_format.hpp"

#include "http/body.hpp"
#include "pipeline/line_splitter.hpp"

namespace runnel {

namespace {

/// Size of one write (bytes).
constexpr std::size_t kPrintBlock = std::size_t{64} << 10;

}  // namespace

Task<Result<void>> WholeFormat::take(http::Response& response, Item& item) {
    Task<Result<std::string>> reading =
        content_ == Content::Raw ? http::read_whole(response) : collect_lines(response);
    RUNNEL_CO_TRY_ASSIGN(const std::string text, co_await std::move(reading));
    Permit alone;
    if (!item.out.ordered()) {
        alone = co_await printing_.acquire();
    }
    AllOrNothing body(item.out);
    co_await print(text, item);
    body.all_written();
    co_return Result<void>();
}

void WholeFormat::conclude(const Record& record, Item& item) {
    filters_.conclude(record, item.out, content_ == Content::TaggedLines);
}

Task<Result<std::string>> WholeFormat::collect_lines(http::Response& response) {
    const std::unique_ptr<BodyFilter> filter = filters_.make(response, "");
    std::string lines;
    bool more = true;
    while (more) {
        RUNNEL_CO_TRY_ASSIGN(more, co_await read_filtered(response, *filter, lines));
    }
    co_return std::move(lines);
}

Task<void> WholeFormat::print(std::string_view text, Item& item) {
    const std::string tag = item.tag(content_ == Content::TaggedLines);
    LineSplitter tagger(0, tag);
    std::string tagged;
    while (!text.empty()) {
        const std::string_view block = text.substr(0, kPrintBlock);
        text.remove_prefix(block.size());
        if (tag.empty()) {
            co_await item.out.write(block);
        } else {
            static_cast<void>(tagger.feed(block, tagged));  // cannot fail without a limit
            co_await item.out.write(tagged);
        }
    }
}

}  // namespace runnel
