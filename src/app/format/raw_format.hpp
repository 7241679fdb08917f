#pragma once

#include <string_view>

#include "app/format/output_format.hpp"

namespace runnel {

/// `--raw`: the bytes of every body, one body after another, in the order in which they began or in
/// that of the inputs.
class RawFormat final : public OutputFormat {
public:
    explicit RawFormat(PrintOrder& order) noexcept : order_(order) {}

    [[nodiscard]] Task<Result<void>> take(http::Response& response, Item& item) override;

private:
    /// The body from \a piece on.
    [[nodiscard]] static Task<Result<void>> print(http::Response& response,
                                                  Result<std::string_view> piece, ItemWriter& out);

    PrintOrder& order_;
};

}  // namespace runnel
