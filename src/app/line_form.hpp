#pragma once

#include "app/output_form.hpp"

namespace runnel {

/// `--lines`: every line of every body, whole, as it arrives.
class LineForm final : public OutputForm {
public:
    LineForm(const FetchOptions& options, Output& output) : options_(options), output_(output) {}

    [[nodiscard]] Task<Result<void>> take(http::Response& response, Item& item) override;

private:
    const FetchOptions& options_;
    Output& output_;
};

}  // namespace runnel
