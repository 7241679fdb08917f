#pragma once

#include "app/body_filters.hpp"
#include "app/output_form.hpp"

namespace runnel {

/// Lines that are made of each body, as it comes: `--lines`, `--extract`, `--show-header`.
class LineForm final : public OutputForm {
public:
    explicit LineForm(const FetchOptions& options) : options_(options), filters_(options) {}

    [[nodiscard]] Task<Result<void>> take(http::Response& response, Item& item) override;

private:
    const FetchOptions& options_;
    BodyFilters filters_;
};

}  // namespace runnel
