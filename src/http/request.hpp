#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/deadline.hpp"
#include "http/header.hpp"
#include "http/url.hpp"

namespace runnel::http {

/// What holds for every request of a run. A limit of zero is no limit.
class Policy {
public:
    Policy() = default;

    Duration connect_timeout = std::chrono::seconds(10);  ///< Name look-up, TCP and TLS.
    Duration idle_timeout = std::chrono::seconds(30);     ///< Without a byte, once connected.
    Duration max_time = Duration::zero();                 ///< One attempt, with its redirects.
    std::uint64_t max_body = 0;                           ///< Decoded bytes of one body.
    unsigned max_redirects = 10;
    bool allow_downgrade = false;  ///< Follow redirects from https to http.
    bool compressed = true;
    std::string user_agent;  ///< Empty: none is sent.
};

/// One request. \a policy must outlive it.
class Request {
public:
    Request(Url target, const Policy& rules) : url(std::move(target)), policy(&rules) {}

    std::string method = "GET";
    Url url;
    Headers headers;  ///< Take the place of those that would be sent by default.
    std::string body;
    std::optional<Duration> max_time;  ///< Instead of the policy's; see attempt_limit().
    const Policy* policy;

    /// How long one attempt may take, with its redirects; zero: as long as it likes.
    [[nodiscard]] Duration attempt_limit() const { return max_time.value_or(policy->max_time); }
    /// Whether it tells the length of its body: also of an empty one where a body is usual.
    [[nodiscard]] bool encloses_body() const noexcept;
    /// The headers that libcurl has to be told: its own are User-Agent, Host, Accept and those
    /// about length and connection.
    [[nodiscard]] Headers headers_to_send() const;
};

}  // namespace runnel::http
