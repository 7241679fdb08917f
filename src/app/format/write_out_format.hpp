#pragma once

#include <deque>
#include <string>

#include "app/format/output_format.hpp"
#include "json/extract.hpp"
#include "pipeline/write_out_template.hpp"

namespace runnel {

/// `-w`: a text for each input when it has ended, well or not.
class WriteOutFormat final : public OutputFormat {
public:
    /// \a format must outlive this.
    explicit WriteOutFormat(const WriteOutTemplate& format);

    void answered(const http::Response& response, Item& item) override;
    [[nodiscard]] Task<Result<void>> take(http::Response& response, Item& item) override;
    void conclude(const Record& record, Item& item) override;

private:
    const WriteOutTemplate& format_;
    std::deque<Extractor> extractors_;  // one for each pointer: those that are there are printed
    std::string text_;                  // reused
};

}  // namespace runnel
