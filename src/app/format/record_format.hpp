#pragma once

#include <string>

#include "app/format/output_format.hpp"

namespace runnel {

/// `--json`: one record for each input; with `--body` it holds the body.
class RecordFormat final : public OutputFormat {
public:
    /// \a with_body: the body goes into the record.
    explicit RecordFormat(bool with_body) noexcept : with_body_(with_body) {}

    [[nodiscard]] Task<Result<void>> take(http::Response& response, Item& item) override;
    void conclude(const Record& record, Item& item) override;

private:
    bool with_body_;
    std::string line_;  // reused
};

}  // namespace runnel
