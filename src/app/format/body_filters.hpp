#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "app/output/item_writer.hpp"
#include "http/client.hpp"
#include "json/extract.hpp"
#include "json/pointer.hpp"
#include "pipeline/body_filter.hpp"
#include "pipeline/record.hpp"

namespace runnel {

/// The options that choose the output for each body.
struct BodyFilterOptions {
    std::vector<JsonPointer> extract;       ///< Empty: whole lines.
    bool extract_lines = false;             ///< Extract from each line, not from the whole body.
    std::vector<std::string> show_headers;  ///< If not empty, header values and nothing else.
    std::optional<std::string> missing;     ///< Printed for a value that is not there (--missing).
    std::uint64_t max_line = 0;             ///< Bytes; 0 means no limit.
};

/// Makes the filters of one run, one for each body. A filter turns a body into the lines or values
/// that the options ask for.
class BodyFilters {
public:
    /// This must outlive the filters.
    explicit BodyFilters(BodyFilterOptions options);

    /// Makes the filter of the body of \a response. Each line of its output begins with \a prefix.
    [[nodiscard]] std::unique_ptr<BodyFilter> make(const http::Response& response,
                                                   std::string prefix);
    /// Prints the line of an input that has failed, if BodyFilterOptions::missing is set: it stands
    /// for each of the values. No effect on an input that was delivered, or printed something.
    /// \a tag: begin the line with the input.
    void conclude(const Record& record, ItemWriter& out, bool tag) const;

private:
    BodyFilterOptions options_;
    std::optional<Extractor> extractor_;  // shared by all bodies
};

/// Reads the next piece of \a response and appends the output of \a filter to \a out. Returns false
/// at the end of the body. On failure \a out has the output so far. Cancelled when stop is
/// requested.
[[nodiscard]] Task<Result<bool>> read_filtered(http::Response& response, BodyFilter& filter,
                                               std::string& out);

}  // namespace runnel
