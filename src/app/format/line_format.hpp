#pragma once

#include <utility>

#include "app/format/body_filters.hpp"
#include "app/format/output_format.hpp"

namespace runnel {

/// `--lines`, `--extract`, `--show-header`: prints lines made of each body, as it arrives.
class LineFormat final : public OutputFormat {
public:
    /// \a tag: begin each line with its input and a tab.
    LineFormat(BodyFilterOptions options, bool tag) : filters_(std::move(options)), tag_(tag) {}

    [[nodiscard]] Task<Result<void>> take(http::Response& response, Item& item) override;
    void conclude(const Record& record, Item& item) override;

private:
    BodyFilters filters_;
    bool tag_;
};

}  // namespace runnel
