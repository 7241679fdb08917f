#pragma once

#include <string>
#include <vector>

#include "client/session.hpp"

namespace runnel {

/// Reads \a urls to their ends, side by side, and gives one result for each, in their order. One
/// that failed, or that is no URL, keeps none of the others back.
[[nodiscard]] Task<std::vector<Result<Reply>>> fetch_all(Session& session,
                                                         std::vector<std::string> urls);

/// The same for code that knows neither loops nor tasks: blocks this thread until all is done, or
/// until \a limit has passed (zero: no limit); what is not done by then is a failure of
/// ErrorClass::Deadline. Throws std::system_error when the system has no room for a loop.
///
///     for (const Result<Reply>& reply : runnel::fetch_all({"https://example.org/"})) { ... }
///
/// Several threads may do so at once. Not to be called from a task.
[[nodiscard]] std::vector<Result<Reply>> fetch_all(std::vector<std::string> urls,
                                                   SessionOptions options = SessionOptions(),
                                                   Duration limit = Duration::zero());

}  // namespace runnel
