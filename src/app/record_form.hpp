#pragma once

#include <string>

#include "app/output_form.hpp"

namespace runnel {

/// `--json`: one record for each input; with `--body` it holds the body.
class RecordForm final : public OutputForm {
public:
    explicit RecordForm(const FetchOptions& options) : options_(options) {}

    [[nodiscard]] Task<Result<void>> take(http::Response& response, Item& item) override;
    void conclude(const Record& record, Item& item) override;

private:
    const FetchOptions& options_;
    std::string line_;  // reused
};

}  // namespace runnel
