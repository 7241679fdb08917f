#pragma once

#include <string_view>

#include "app/output_form.hpp"

namespace runnel {

/// `--raw`: the bytes of every body, one body after another, in the order in which they began or in
/// that of the inputs.
class RawForm final : public OutputForm {
public:
    explicit RawForm(PrintOrder& order) noexcept : order_(order) {}

    [[nodiscard]] Task<Result<void>> take(http::Response& response, Item& item) override;

private:
    /// The body from \a piece on.
    [[nodiscard]] static Task<Result<void>> print(http::Response& response,
                                                  Result<std::string_view> piece, Printer& out);

    PrintOrder& order_;
};

}  // namespace runnel
