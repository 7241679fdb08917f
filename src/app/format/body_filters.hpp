#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "http/client.hpp"
#include "json/extract.hpp"
#include "json/pointer.hpp"
#include "pipeline/body_filter.hpp"

namespace runnel {

/// What is printed of each body.
struct BodyFilterOptions {
    std::vector<JsonPointer> extract;       ///< Empty: whole lines.
    bool extract_lines = false;             ///< Extract from each line, not from the whole body.
    std::vector<std::string> show_headers;  ///< If not empty, header values and nothing else.
    std::uint64_t max_line = 0;             ///< Bytes; 0 means no limit.
};

/// Makes the filters of one run: for each body one that gives the lines, or the values, that the
/// options ask for.
class BodyFilters {
public:
    /// Must outlive the filters.
    explicit BodyFilters(BodyFilterOptions options);

    /// For the body of \a response; each line that comes out begins with \a prefix.
    [[nodiscard]] std::unique_ptr<BodyFilter> make(const http::Response& response,
                                                   std::string prefix);

private:
    BodyFilterOptions options_;
    std::optional<Extractor> extractor_;  // serves all bodies by turns
};

/// Reads the next piece of \a response through \a filter, which appends to \a out. False: that was
/// the end. When it fails, \a out has what came before. Cancelled when stop is requested.
[[nodiscard]] Task<Result<bool>> read_filtered(http::Response& response, BodyFilter& filter,
                                               std::string& out);

}  // namespace runnel
