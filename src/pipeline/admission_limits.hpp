#pragma once

#include <cstddef>
#include <optional>

#include "base/parse.hpp"

namespace runnel {

/// Limits on the number and the rate of requests.
class AdmissionLimits {
public:
    explicit AdmissionLimits(std::size_t all, std::size_t one_origin = 0)
        : jobs(all), per_origin(one_origin) {}

    std::size_t jobs;
    std::size_t per_origin;  ///< 0 means no limit.
    bool adaptive = false;  ///< Find a limit for each origin, up to those above: see AdaptiveLimit.
    std::optional<Rate> rate;       ///< Rate of all requests; see RateLimiter.
    std::optional<Rate> host_rate;  ///< Rate of the requests to one origin.
    std::size_t breaker = 0;  ///< Failures in a row that open a CircuitBreaker; 0 means never.
};

}  // namespace runnel
