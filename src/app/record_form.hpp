#pragma once

#include <string>

#include "app/output_form.hpp"

namespace runnel {

/// `--json`: one record for each input.
class RecordForm final : public OutputForm {
public:
    explicit RecordForm(Output& output) : output_(output) {}

    [[nodiscard]] Task<Result<void>> take(http::Response& response, Item& item) override;
    void conclude(const Record& record, const Item& item) override;

private:
    Output& output_;
    std::string line_;  // reused
};

}  // namespace runnel
