#pragma once

namespace runnel {

/// Thrown out of a `co_await` when stop was requested. Not a std::exception, so that
/// `catch (const std::exception&)` around a step cannot swallow the request.
struct Cancelled {};

}  // namespace runnel
