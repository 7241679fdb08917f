#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "client/reply.hpp"
#include "http/client.hpp"
#include "http/expect.hpp"
#include "http/redirect.hpp"
#include "http/retry.hpp"
#include "io/loop.hpp"
#include "pipeline/admission.hpp"

namespace runnel {

/// Options for all requests of a Session.
class SessionOptions {
public:
    /// Defaults: bodies of at most 16 MiB, two retries, and the defaults of http::Policy.
    SessionOptions();

    std::size_t concurrency = 64;  ///< Maximum number of concurrent requests; others wait.
    std::size_t per_origin = 0;    ///< The same per scheme, host and port; 0 means no limit.
    http::StatusSet expect;        ///< Statuses that count as success; others are errors.
    http::Policy policy;           ///< Timeouts, redirects, proxies, TLS, limits.
    http::RetryRules retry;        ///< When and how often failed requests are retried.
};

/// A response whose body is read piece by piece. Slow reading throttles the server (back-pressure).
/// Destroying it before the end of the body closes the connection. The session must outlive it.
class Download {
public:
    Download(std::unique_ptr<http::Trace> trace, std::unique_ptr<http::Response> response)
        : trace_(std::move(trace)), response_(std::move(response)) {}

    [[nodiscard]] int status() const noexcept { return response_->status(); }
    /// See http::Response::header().
    [[nodiscard]] std::optional<std::string> header(const std::string& name) const {
        return response_->header(name);
    }
    /// Returns the next piece of the decoded body, valid until the next call; empty at the end of a
    /// complete body, an error if it was cut short. Throws Cancelled if stop is requested.
    [[nodiscard]] Task<Result<std::string_view>> read() { return response_->read(); }

private:
    std::unique_ptr<http::Trace> trace_;
    std::unique_ptr<http::Response> response_;
};

/// An HTTP client: pooled connections, redirects, retries, decoding and limits on concurrent
/// requests.
///
///     Session session(loop);
///     const Result<Reply> reply = co_await session.get("https://example.org/");
///
/// Failures such as DNS errors, timeouts, unexpected statuses and truncated bodies are returned as
/// Error. If stop is requested, the request is dropped and Cancelled is thrown. The session must
/// outlive its requests and downloads; the loop must outlive the session.
class Session {
public:
    explicit Session(Loop& loop, SessionOptions options = SessionOptions());
    /// Sends requests through \a network, such as a scripted client in tests. It must outlive the
    /// session.
    Session(Scheduler& scheduler, http::Client& network, SessionOptions options);
    Session(const Session&) = delete;
    Session& operator=(const Session&) = delete;
    ~Session();

    /// Fetches \a url and reads the whole response.
    [[nodiscard]] Task<Result<Reply>> get(std::string url);
    /// The same for a request made by request(). Headers that change its framing are an error of
    /// ErrorClass::BadInput; see http::check_framing().
    [[nodiscard]] Task<Result<Reply>> send(http::Request request);
    /// Makes a GET request with the options of this session; set its method, headers and body
    /// before send(). An invalid URL is an error of ErrorClass::BadInput.
    [[nodiscard]] Result<http::Request> request(std::string_view url) const;

    /// Returns the maximum number of concurrent requests.
    [[nodiscard]] std::size_t concurrency() const noexcept { return options_.concurrency; }

    /// Sends a request for \a url and waits for the headers, so that the body can be read piece by
    /// piece. Does not retry. While the Download lives, it counts as a running request.
    [[nodiscard]] Task<Result<Download>> open(std::string url);

private:
    using Responding = Task<Result<std::unique_ptr<http::Response>>>;

    [[nodiscard]] Responding respond(const http::Request& request, http::Trace& trace);
    [[nodiscard]] Task<Result<Reply>> attempt(const http::Request& request, http::Trace& trace);

    SessionOptions options_;
    std::unique_ptr<http::Client> own_network_;
    Admission admission_;
    http::RedirectClient client_;
    http::Retrier retrier_;
};

}  // namespace runnel
