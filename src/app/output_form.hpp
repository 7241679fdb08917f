#pragma once

#include <memory>

#include "app/fetch_options.hpp"
#include "app/item.hpp"
#include "http/client.hpp"

namespace runnel {

/// One way of printing what comes back: lines, records and so on. There is one for the whole run;
/// it is handed many responses side by side.
class OutputForm {
public:
    OutputForm() = default;
    OutputForm(const OutputForm&) = delete;
    OutputForm& operator=(const OutputForm&) = delete;
    virtual ~OutputForm() = default;

    /// The final response of an attempt has come, expected or not.
    virtual void answered(const http::Response& /*response*/, Item& /*item*/) {}
    /// Reads the body of an expected response to its end, and prints what is to be printed of it.
    /// What of it has left by Item::out cannot be taken back. Cancelled when stop is requested.
    [[nodiscard]] virtual Task<Result<void>> take(http::Response& response, Item& item) = 0;
    /// An input has ended, well or not. Never waits: there is one record for each input.
    virtual void conclude(const Record& /*record*/, Item& /*item*/) {}
};

/// The form that \a options ask for. Both must outlive it.
[[nodiscard]] std::unique_ptr<OutputForm> make_output_form(const FetchOptions& options,
                                                           PrintOrder& order);

}  // namespace runnel
