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

/// TLS options for servers, not for proxies. The files are PEM and are read at each handshake; an
/// empty name means the default.
class Tls {
public:
    Tls() = default;

    bool verify = true;
    std::string authorities;  ///< CA certificates to trust instead of the system's.
    std::string certificate;  ///< Client certificate, with its key unless `key` is set.
    std::string key;
    std::string key_password;
};

/// The options that apply to all requests of a run. A limit of 0 means no limit. Must not be
/// changed once there is a request.
class Policy {
public:
    Policy() = default;

    /// Sends every request to \a port of 127.0.0.1 without TLS, and resets the options for
    /// look-ups, proxies and addresses (`--mock`). Responses, redirects and traces still refer to
    /// the URL.
    void carry_everything_to(std::uint16_t port);

    Duration connect_timeout = std::chrono::seconds(10);  ///< For name look-up, TCP and TLS.
    Duration idle_timeout = std::chrono::seconds(30);     ///< For silence on a connection.
    Duration max_time = Duration::zero();                 ///< For an attempt with its redirects.
    std::uint64_t max_body = 0;                           ///< For the decoded bytes of a body.

    bool follow_redirects = true;
    std::optional<unsigned> max_redirects = 10;  ///< No limit if not set.
    bool allow_downgrade = false;                ///< Follow redirects from https to http.

    /// Request compressed bodies and decode them; otherwise bodies are read as sent.
    bool compressed = true;
    /// Read a body as sent that is a compressed file by itself (see is_compressed_file()).
    bool keep_compressed_files = false;
    std::string user_agent;  ///< Not sent if empty.
    /// Enables the cookie engine and loads this file; see CookieJar.
    std::optional<std::string> cookie_file;

    RouteRules routes;
    Family family = Family::Any;
    bool public_only = false;  ///< Refuse addresses that are not is_public(), and proxies.
    Tls tls;
    bool http2 = false;  ///< Offer HTTP/2 with TLS. Without TLS only HTTP/1.1 is used.
    /// Open a new connection for every hop, and fill in Trace::certificate.
    bool probe = false;
    bool fresh_names = false;  ///< Look names up for each request instead of using cached answers.
};

/// Makes a request conditional (RFC 9110, section 13). Applies to one URL and not to other hops of
/// a redirect, so that a validator is sent only to the server that it came from.
class Condition {
public:
    Condition(std::string to, std::string what) : url(std::move(to)), header(std::move(what)) {}

    std::string url;  ///< As returned by Url::redacted().
    std::string header;
};

/// Maximum of the URL and the headers of a request (bytes). libcurl sends 1 MiB, but does not
/// report clearly that a request is larger.
inline constexpr std::size_t kMaxHead = std::size_t{300} << 10;

/// One request. \a policy must outlive it.
class Request {
public:
    Request(Url target, const Policy& rules) : url(std::move(target)), policy(&rules) {}

    std::string method = "GET";
    Url url;
    Headers headers;  ///< Replace default headers of the same name.
    std::string body;
    std::optional<Duration> max_time;  ///< Overrides the policy's; see attempt_limit().
    std::optional<Condition> condition;
    /// Only opens and closes a TCP connection to the host and port of \a url. The response has
    /// status 0 and an empty body. Must not be used with a proxy.
    bool connect_only = false;
    const Policy* policy;

    /// Time limit of an attempt with its redirects; 0 means no limit.
    [[nodiscard]] Duration attempt_limit() const { return max_time.value_or(policy->max_time); }
    /// Whether it has a Content-Length: if there is a body, or for methods that usually have one.
    [[nodiscard]] bool encloses_body() const noexcept;
    /// Returns the headers to pass to libcurl, which adds User-Agent, Host, Accept, and those for
    /// length and connection.
    [[nodiscard]] Headers headers_to_send() const;
    /// Fails with ErrorClass::BadInput if the URL and the headers are larger together than
    /// kMaxHead.
    [[nodiscard]] Result<void> check_size() const;
};

}  // namespace runnel::http
