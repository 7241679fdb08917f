#pragma once

#include <memory>
#include <optional>
#include <string>

#include "app/fetch_options.hpp"
#include "http/client.hpp"
#include "json/extract.hpp"
#include "pipeline/body_filter.hpp"

namespace runnel {

/// Makes the filters of one run: for each body one that gives the lines, or the values, that the
/// options ask for.
class BodyFilters {
public:
    /// \a options must outlive this, and this the filters.
    explicit BodyFilters(const FetchOptions& options);

    /// For the body of \a response; each line that comes out begins with \a prefix.
    [[nodiscard]] std::unique_ptr<BodyFilter> make(const http::Response& response,
                                                   std::string prefix);

private:
    const FetchOptions& options_;
    std::optional<Extractor> extractor_;  // serves all bodies by turns
};

/// Reads the next piece of \a response through \a filter, which appends to \a out. False: that was
/// the end. When it fails, \a out has what came before. Cancelled when stop is requested.
[[nodiscard]] Task<Result<bool>> read_filtered(http::Response& response, BodyFilter& filter,
                                               std::string& out);

}  // namespace runnel
