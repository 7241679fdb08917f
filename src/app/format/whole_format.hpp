#pragma once

#include <utility>

#include "app/format/body_filters.hpp"
#include "app/format/output_format.hpp"
#include "async/lock.hpp"

namespace runnel {

/// `--whole`: collects the output of each body until it is complete, so that a failed input prints
/// nothing, and prints one body after another.
///
/// Tags are added while printing, because tags of many short lines would exceed the limit of a
/// body.
class WholeFormat final : public OutputFormat {
public:
    enum class Content { Lines, TaggedLines, Raw };

    WholeFormat(BodyFilterOptions options, Content content)
        : filters_(std::move(options)), content_(content) {}

    [[nodiscard]] Task<Result<void>> take(http::Response& response, Item& item) override;
    void conclude(const Record& record, Item& item) override;

private:
    [[nodiscard]] Task<Result<std::string>> collect_lines(http::Response& response);
    [[nodiscard]] Task<void> print(std::string_view text, Item& item);

    BodyFilters filters_;
    Content content_;
    Lock printing_;
};

}  // namespace runnel
