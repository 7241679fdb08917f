#include "app/format/body_filters.hpp"

#include <algorithm>
#include <utility>

#include "app/format/item.hpp"
#include "pipeline/extraction.hpp"
#include "pipeline/line_splitter.hpp"

namespace runnel {

namespace {

/// Ignores the body and prints one line.
class FixedLine final : public BodyFilter {
public:
    explicit FixedLine(std::string line) : line_(std::move(line)) {}

    [[nodiscard]] Result<void> feed(std::string_view /*chunk*/, std::string& /*out*/) override {
        return {};
    }
    [[nodiscard]] Result<void> finish(std::string& out) override {
        out += line_;
        return {};
    }

private:
    std::string line_;
};

std::string header_line(const http::Response& response, const BodyFilterOptions& options,
                        std::string line) {
    for (const std::string& name : options.show_headers) {
        line += &name == &options.show_headers.front() ? "" : "\t";
        append_field(line, response.header(name).value_or(options.missing.value_or("")));
    }
    return line + '\n';
}

}  // namespace

BodyFilters::BodyFilters(BodyFilterOptions options) : options_(std::move(options)) {
    if (!options_.extract.empty()) {
        extractor_.emplace(options_.extract, options_.missing);
    }
}

std::unique_ptr<BodyFilter> BodyFilters::make(const http::Response& response, std::string prefix) {
    if (!options_.show_headers.empty()) {
        return std::make_unique<FixedLine>(header_line(response, options_, std::move(prefix)));
    }
    if (!extractor_) {
        return std::make_unique<LineSplitter>(options_.max_line, std::move(prefix));
    }
    if (options_.extract_lines) {
        return std::make_unique<LineExtraction>(*extractor_, options_.max_line, std::move(prefix));
    }
    return std::make_unique<DocumentExtraction>(*extractor_, std::move(prefix));
}

void BodyFilters::conclude(const Record& record, ItemWriter& out, bool tag) const {
    if (!options_.missing || !record.failure || out.printed()) {
        return;
    }
    std::string line = tag ? tag_of(record.input) : "";
    const std::size_t values = std::max(options_.extract.size(), options_.show_headers.size());
    for (std::size_t at = 0; at < values; ++at) {
        line += at == 0 ? "" : "\t";
        append_field(line, *options_.missing);
    }
    line += '\n';
    out.restart();
    out.append(line);
}

Task<Result<bool>> read_filtered(http::Response& response, BodyFilter& filter, std::string& out) {
    RUNNEL_CO_TRY_ASSIGN(const std::string_view piece, co_await response.read());
    const bool more = !piece.empty();
    RUNNEL_CO_TRY(more ? filter.feed(piece, out) : filter.finish(out));
    co_return more;
}

}  // namespace runnel
