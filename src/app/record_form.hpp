#pragma once

#include <string>

#include "app/output_form.hpp"

namespace runnel {

/// `--json`: one record for each input; with `--body` it holds the body.
class RecordForm final : public OutputForm {
public:
    RecordForm(const FetchOptions& options, Output& output) : options_(options), output_(output) {}

    [[nodiscard]] Task<Result<void>> take(http::Response& response, Item& item) override;
    void conclude(const Record& record, const Item& item) override;

private:
    const FetchOptions& options_;
    Output& output_;
    std::string line_;  // reused
};

}  // namespace runnel
