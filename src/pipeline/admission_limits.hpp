#pragma once

#include <cstddef>
#include <optional>

#include "base/parse.hpp"

namespace runnel {

/// How many requests may be out, and how often one may go out.
class AdmissionLimits {
public:
    explicit AdmissionLimits(std::size_t all, std::size_t one_origin = 0)
        : jobs(all), per_origin(one_origin) {}

    std::size_t jobs;
    std::size_t per_origin;         ///< 0: no limit.
    bool adaptive = false;          ///< Each origin finds its own, up to those: see AdaptiveLimit.
    std::optional<Rate> rate;       ///< Of all requests; see Pace.
    std::optional<Rate> host_rate;  ///< Of those to one origin.
    std::size_t breaker = 0;        ///< Failures in a row, see CircuitBreaker; 0: there is none.
};

}  // namespace runnel
