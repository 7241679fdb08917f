#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include "base/deadline.hpp"
#include "http/header.hpp"
#include "http/route.hpp"
#include "http/url.hpp"

namespace runnel::http {

/// Which addresses of a host may be connected to.
enum class Family { Any, IPv4, IPv6 };

/// Whom to trust, and what to show: for the servers that are asked, not for proxies. The files are
/// PEM and are read at each handshake; no name is the system's choice, or nothing to show.
class Tls {
public:
    Tls() = default;

    bool verify = true;
    std::string authorities;  ///< Certificates to trust instead of the system's.
    std::string certificate;  ///< What to show, if asked; with its key, unless that has a file.
    std::string key;
    std::string key_password;
};

/// What holds for every request of a run. A limit of zero is no limit. Not to be changed once a
/// request was made.
class Policy {
public:
    Policy() = default;

    /// `--mock`: every request goes to \a port of 127.0.0.1, in clear, whatever its URL says and
    /// was said about look-ups, proxies and addresses before. Responses, redirects and traces are
    /// those of the URL.
    void carry_everything_to(std::uint16_t port);

    Duration connect_timeout = std::chrono::seconds(10);  ///< Name look-up, TCP and TLS.
    Duration idle_timeout = std::chrono::seconds(30);     ///< Without a byte, once connected.
    Duration max_time = Duration::zero();                 ///< One attempt, with its redirects.
    std::uint64_t max_body = 0;                           ///< Decoded bytes of one body.

    bool follow_redirects = true;
    std::optional<unsigned> max_redirects = 10;  ///< None: no limit.
    bool allow_downgrade = false;                ///< Follow redirects from https to http.

    bool compressed = true;
    std::string user_agent;  ///< Empty: none is sent.
    /// There is a cookie engine, with the cookies of this file to begin with; see CookieJar.
    std::optional<std::string> cookie_file;

    RouteRules routes;
    Family family = Family::Any;
    bool public_only =
        false;  ///< Refuse to connect to what is_public() denies, and to use proxies.
    Tls tls;
    bool http2 = false;  ///< Offer HTTP/2 with TLS. Without TLS it is HTTP/1.1 in any case.
    /// The way to the server is looked at, too: every hop makes a connection of its own, and
    /// Trace::certificate_expires is filled in.
    bool probe = false;
};

/// Makes a request conditional (RFC 9110, section 13) when it is sent to one URL, and on no other
/// hop of a redirect: what a server said of its resource is told to no other one.
class Condition {
public:
    Condition(std::string to, std::string what) : url(std::move(to)), header(std::move(what)) {}

    std::string url;  ///< Without user name and password: as Url::redacted().
    std::string header;
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
    std::optional<Condition> condition;
    /// Nothing is sent: a TCP connection to the host and port of \a url is made and closed. The
    /// response has the status 0 and no body. Proxies are for what is sent: there must be none.
    bool connect_only = false;
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
