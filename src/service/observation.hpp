#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "base/error.hpp"
#include "http/header.hpp"
#include "http/trace.hpp"

namespace runnel {

/// What one attempt observed of a target. Assertions decide whether it is good.
class Observation {
public:
    using Days = std::chrono::duration<double, std::ratio<86400>>;

    Observation() = default;

    std::optional<Error> failure;     ///< Why there is no complete response.
    http::Headers headers;            ///< `Name: value`, of the final response.
    std::optional<std::string> body;  ///< Set if it was needed and is complete.
    std::uint64_t body_size = 0;      ///< Decoded bytes received.
    http::Trace trace;                ///< Its status is 0 if there was no response.
    /// Time until http::Trace::certificate expires; negative after that.
    std::optional<Days> certificate_left;
};

}  // namespace runnel
