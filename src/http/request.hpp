#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/deadline.hpp"
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
    std::string user_agent;
};

/// One request. \a policy must outlive it.
class Request {
public:
    Request(Url target, const Policy& rules) : url(std::move(target)), policy(&rules) {}

    std::string method = "GET";
    Url url;
    std::vector<std::string> headers;  ///< `Name: value`, without line ends.
    std::string body;
    std::optional<Duration> max_time;  ///< Instead of the policy's; see attempt_limit().
    const Policy* policy;

    /// How long one attempt may take, with its redirects; zero: as long as it likes.
    [[nodiscard]] Duration attempt_limit() const { return max_time.value_or(policy->max_time); }
};

}  // namespace runnel::http
