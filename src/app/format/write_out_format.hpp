#pragma once

#include <deque>
#include <string>

#include "app/format/output_format.hpp"
#include "json/extract.hpp"
#include "pipeline/write_out_template.hpp"

namespace runnel {

/// `-w`: prints a text for each input when it has ended, failed or not.
class WriteOutFormat final : public OutputFormat {
public:
    /// \a values: how the values are written between the text of the template.
    WriteOutFormat(WriteOutTemplate text, WriteOutTemplate::Values values);

    void answered(const http::Response& response, Item& item) override;
    [[nodiscard]] Task<Result<void>> take(http::Response& response, Item& item) override;
    void conclude(const Record& record, Item& item) override;

private:
    WriteOutTemplate template_;
    WriteOutTemplate::Values values_;
    std::deque<Extractor> extractors_;  // one per pointer, so that each value is found
    std::string text_;                  // reused
};

}  // namespace runnel
