#pragma once

#include "app/format/item.hpp"
#include "http/client.hpp"

namespace runnel {

/// Prints the responses of a run in one format: lines, records and so on. Handles several responses
/// at a time.
class OutputFormat {
public:
    /// The response that an input needs.
    enum class Need {
        Body,
        Change,   ///< The body, unless it is unchanged since an earlier run.
        Nothing,  ///< Its output exists.
    };

    OutputFormat() = default;
    OutputFormat(const OutputFormat&) = delete;
    OutputFormat& operator=(const OutputFormat&) = delete;
    virtual ~OutputFormat() = default;

    /// Called instead of all other functions for an input with a request that an earlier run has
    /// delivered (`--resume`).
    virtual void skip(const Input& /*input*/) {}
    /// Prepares an input with a request. Called in the order of the inputs; runs up to its first
    /// wait before the next call. A failure becomes that of the input.
    [[nodiscard]] virtual Task<Result<Need>> begin(Item& /*item*/) { co_return Need::Change; }
    /// Called with the final response of each attempt, expected or not.
    virtual void answered(const http::Response& /*response*/, Item& /*item*/) {}
    /// Reads the body of an expected response to its end and prints it by Item::out. Cancelled when
    /// stop is requested.
    [[nodiscard]] virtual Task<Result<void>> take(http::Response& response, Item& item) = 0;
    /// Called once for each input when it has ended, failed or not.
    virtual void conclude(const Record& /*record*/, Item& /*item*/) {}
};

}  // namespace runnel
