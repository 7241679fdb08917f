#pragma once

#include <string_view>

#include "app/format/output_format.hpp"

namespace runnel {

/// `--raw`: prints the bytes of every body, one body after another, in the order in which they
/// began or in that of the inputs.
class RawFormat final : public OutputFormat {
public:
    /// \a order must outlive this.
    explicit RawFormat(PrintOrder& order) noexcept : order_(order) {}

    [[nodiscard]] Task<Result<void>> take(http::Response& response, Item& item) override;

private:
    /// Prints the body, of which \a piece was read.
    [[nodiscard]] static Task<Result<void>> print(http::Response& response,
                                                  Result<std::string_view> piece, ItemWriter& out);

    PrintOrder& order_;
};

}  // namespace runnel
