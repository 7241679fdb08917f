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

/// What the server does when it was asked for something.
class Answer {
public:
    /// How the answer goes wrong.
    enum class Fault {
        None,
        Reset,     ///< A TCP reset (RST), in the body; without a body instead of the answer.
        Truncate,  ///< The connection is closed in the body.
        Hang,      ///< Silence, in the body; without a body instead of the answer.
        Garbage,   ///< The body as it stands, or some nonsense, with no HTTP around it.
        Empty,     ///< The connection is closed without a byte.
    };

    /// The body leaves in pieces: \a chunk bytes at once, the others each \a every later.
    class Drip {
    public:
        std::size_t chunk = 0;
        Duration every = Duration::zero();
    };

    unsigned status = 200;
    std::vector<Header> headers;
    std::optional<std::string> body;
    bool echo = false;                  ///< The body is the request as JSON, see Exchange.
    Duration delay = Duration::zero();  ///< Before anything is sent.
    std::optional<Drip> drip;
    Fault fault = Fault::None;

    [[nodiscard]] bool has_body() const noexcept { return echo || body.has_value(); }
    /// Whether the fault comes before any HTTP.
    [[nodiscard]] bool fails_at_once() const noexcept {
        return fault == Fault::Garbage || fault == Fault::Empty ||
               ((fault == Fault::Reset || fault == Fault::Hang) && !has_body());
    }
    /// Whether it comes after the headers and half of the body, rounded down. So it does not come
    /// in an answer to HEAD, which has no body.
    [[nodiscard]] bool fails_in_body() const noexcept {
        return fault != Fault::None && !fails_at_once();
    }
};

/// "reset", as in the routes file; Fault::None is the empty string.
[[nodiscard]] std::string_view to_string(Answer::Fault fault) noexcept;

}  // namespace runnel::mock
