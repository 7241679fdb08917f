#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "base/error.hpp"
#include "http/header.hpp"
#include "http/trace.hpp"

namespace runnel {

/// What one attempt saw of a target. Only that: whether it is good is for Assertions to say.
class Observation {
public:
    using Days = std::chrono::duration<double, std::ratio<86400>>;

    Observation() = default;

    /// Why no whole response came. What came of it is here all the same.
    std::optional<Error> failure;
    http::Headers headers;            ///< `Name: value`, of the final response.
    std::optional<std::string> body;  ///< When all of it came, and was wanted.
    std::uint64_t body_size = 0;      ///< Decoded bytes that came.
    http::Trace trace;                ///< Its status is 0 when there was no response.
    /// Until the first of the server's certificates is no longer valid; negative: it is not.
    std::optional<Days> certificate_left;
};

}  // namespace runnel
