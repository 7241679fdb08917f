#pragma once

#include <utility>

#include "app/format/body_filters.hpp"
#include "app/format/output_format.hpp"
#include "async/lock.hpp"

namespace runnel {

/// `--whole`: holds what is made of each body until all of it is there, so that an input that fails
/// prints nothing. Bodies then come out one after another. With `--raw` they come out as they are.
///
/// Holds no tags: a body of many short lines would grow by more than its limit allows.
class WholeFormat final : public OutputFormat {
public:
    enum class Content { Lines, TaggedLines, Raw };

    WholeFormat(BodyFilterOptions options, Content content)
        : filters_(std::move(options)), content_(content) {}

    [[nodiscard]] Task<Result<void>> take(http::Response& response, Item& item) override;

private:
    [[nodiscard]] Task<Result<std::string>> hold_lines(http::Response& response);
    [[nodiscard]] Task<void> print(std::string_view text, Item& item);

    BodyFilters filters_;
    Content content_;
    Lock printing_;
};

}  // namespace runnel
