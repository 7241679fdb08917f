#pragma once

#include <string>

#include "app/format/output_format.hpp"

namespace runnel {

/// `--json`: prints one record for each input.
class RecordFormat final : public OutputFormat {
public:
    /// \a with_body: put the body into the record (`--body`).
    explicit RecordFormat(bool with_body) noexcept : with_body_(with_body) {}

    [[nodiscard]] Task<Result<void>> take(http::Response& response, Item& item) override;
    void conclude(const Record& record, Item& item) override;

private:
    bool with_body_;
    std::string line_;  // reused
};

}  // namespace runnel
