#pragma once

#include <deque>
#include <string>

#include "app/output_form.hpp"
#include "app/write_out.hpp"
#include "json/extract.hpp"

namespace runnel {

/// `-w`: a text for each input when it has ended, well or not.
class WriteOutForm final : public OutputForm {
public:
    /// \a format must outlive this.
    explicit WriteOutForm(const WriteOut& format);

    void answered(const http::Response& response, Item& item) override;
    [[nodiscard]] Task<Result<void>> take(http::Response& response, Item& item) override;
    void conclude(const Record& record, Item& item) override;

private:
    const WriteOut& format_;
    std::deque<Extractor> extractors_;  // one for each pointer: those that are there are printed
    std::string text_;                  // reused
};

}  // namespace runnel
