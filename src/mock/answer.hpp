#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/deadline.hpp"

namespace runnel::mock {

class Header {
public:
    std::string name;
    std::string value;
};

/// The answer to a request.
class Answer {
public:
    /// A fault to inject. Without a body, Reset and Hang happen instead of the answer.
    enum class Fault {
        None,
        Reset,     ///< Resets the connection (TCP RST) in the body.
        Truncate,  ///< Closes the connection in the body.
        Hang,      ///< Stops sending in the body.
        Garbage,   ///< Sends the body, or some bytes, without HTTP.
        Empty,     ///< Closes the connection without sending a byte.
    };

    /// Sends the body slowly: \a chunk bytes \a every interval, the first ones immediately.
    class Drip {
    public:
        std::size_t chunk = 0;
        Duration every = Duration::zero();
    };

    unsigned status = 200;
    std::vector<Header> headers;
    std::optional<std::string> body;
    bool echo = false;                  ///< The body is the request as JSON; see echo_of().
    Duration delay = Duration::zero();  ///< Before anything is sent.
    std::optional<Drip> drip;
    Fault fault = Fault::None;

    [[nodiscard]] bool has_body() const noexcept { return echo || body.has_value(); }
    /// Whether the fault happens before any HTTP.
    [[nodiscard]] bool fails_at_once() const noexcept {
        return fault == Fault::Garbage || fault == Fault::Empty ||
               ((fault == Fault::Reset || fault == Fault::Hang) && !has_body());
    }
    /// Whether the fault happens after half of the body, rounded down. It does not happen in
    /// answers to HEAD, which have no body.
    [[nodiscard]] bool fails_in_body() const noexcept {
        return fault != Fault::None && !fails_at_once();
    }
};

/// Returns the name in the routes file, such as "reset"; empty for Fault::None.
[[nodiscard]] std::string_view to_string(Answer::Fault fault) noexcept;

}  // namespace runnel::mock
