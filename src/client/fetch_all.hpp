#pragma once

#include <string>
#include <vector>

#include "client/session.hpp"

namespace runnel {

/// Fetches \a urls concurrently and returns one result for each, in their order. A failed or
/// invalid URL does not affect the others. Throws Cancelled if stop is requested.
[[nodiscard]] Task<std::vector<Result<Reply>>> fetch_all(Session& session,
                                                         std::vector<std::string> urls);

/// The same for code without loops and tasks: blocks the calling thread until all URLs are done or
/// \a limit has passed (zero means no limit); results that are missing by then are errors of
/// ErrorClass::Deadline. Throws std::system_error if the system has no resources for a loop.
///
///     for (const Result<Reply>& reply : runnel::fetch_all({"https://example.org/"})) { ... }
///
/// May be called from several threads at once, but not from a task.
[[nodiscard]] std::vector<Result<Reply>> fetch_all(std::vector<std::string> urls,
                                                   SessionOptions options = SessionOptions(),
                                                   Duration limit = Duration::zero());

}  // namespace runnel
