#pragma once

#include <memory>
#include <optional>

#include "app/format/item.hpp"
#include "http/client.hpp"
#include "io/directory.hpp"

namespace runnel {

/// One way of printing what comes back: lines, records and so on. There is one for the whole run;
/// it is handed many responses side by side.
class OutputFormat {
public:
    /// What an input needs, before anything is asked.
    enum class Need {
        Body,     ///< All of it.
        Change,   ///< To know that it has not changed is enough: an earlier run's is still there.
        Nothing,  ///< It is there already.
    };

    OutputFormat() = default;
    OutputFormat(const OutputFormat&) = delete;
    OutputFormat& operator=(const OutputFormat&) = delete;
    virtual ~OutputFormat() = default;

    /// An input with a request that an earlier run has delivered (`--resume`), in the place of
    /// everything else.
    virtual void skip(const Input& /*input*/) {}
    /// The first thing that happens to an input with a request: called in the order of the inputs,
    /// up to its first wait. A failure is that of the input.
    [[nodiscard]] virtual Task<Result<Need>> begin(Item& item);
    /// The final response of an attempt has come, expected or not.
    virtual void answered(const http::Response& /*response*/, Item& /*item*/) {}
    /// Reads the body of an expected response to its end, and prints what is to be printed of it.
    /// What of it has left by Item::out cannot be taken back. Cancelled when stop is requested.
    [[nodiscard]] virtual Task<Result<void>> take(http::Response& response, Item& item) = 0;
    /// An input has ended, well or not. Never waits: there is one record for each input.
    virtual void conclude(const Record& /*record*/, Item& /*item*/) {}
};

}  // namespace runnel
