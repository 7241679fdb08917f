#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "async/event.hpp"
#include "client/reply.hpp"
#include "http/client.hpp"
#include "http/expect.hpp"
#include "http/redirect.hpp"
#include "http/retry.hpp"
#include "io/loop.hpp"
#include "pipeline/admission.hpp"

namespace runnel {

/// What holds for every request of a Session.
class SessionOptions {
public:
    /// 16 MiB for a body, two retries; the rest is as http::Policy says.
    SessionOptions();

    std::size_t concurrency = 64;  ///< Requests at a time, at most; others wait for their turn.
    std::size_t per_origin = 0;    ///< The same for one scheme, host and port; 0: no limit.
    http::StatusSet expect;        ///< Statuses that are success; another is a failure.
    http::Policy policy;           ///< Time-outs, redirects, proxies, TLS, limits.
    http::RetryRules retry;        ///< Failures that may pass are tried again.
};

/// A response whose body comes piece by piece, as it is asked for: reading slowly holds the server
/// back. Dropping it before its end closes the connection. The session must outlive it.
class Download {
public:
    Download(std::unique_ptr<http::Trace> trace, std::unique_ptr<http::Response> response)
        : trace_(std::move(trace)), response_(std::move(response)) {}

    [[nodiscard]] int status() const noexcept { return response_->status(); }
    /// See http::Response::header.
    [[nodiscard]] std::optional<std::string> header(const std::string& name) const {
        return response_->header(name);
    }
    /// The next piece of the decoded body, valid until the next call; empty at its end, and only
    /// when all of it came. Cancelled when stop is requested.
    [[nodiscard]] Task<Result<std::string_view>> read() { return response_->read(); }

private:
    std::unique_ptr<http::Trace> trace_;
    std::unique_ptr<http::Response> response_;
};

/// An HTTP client for programs: pooled connections, redirects, retries, and a limit to what runs at
/// once, with everything runnel's own `fetch` does for a URL.
///
///     Session session(loop);
///     const Result<Reply> reply = co_await session.get("https://example.org/");
///
/// Failures are values: no name, no connection, time-outs, unexpected statuses, bodies that ended
/// early. Cancelled is thrown when stop is requested; the request is dropped then. It must outlive
/// its requests and downloads; the loop must outlive it.
class Session {
public:
    explicit Session(Loop& loop, SessionOptions options = SessionOptions());
    /// Over a client of the caller's, which must outlive this: a script in tests.
    Session(Scheduler& scheduler, http::Client& network, SessionOptions options);
    Session(const Session&) = delete;
    Session& operator=(const Session&) = delete;
    ~Session();

    /// Reads \a url to its end.
    [[nodiscard]] Task<Result<Reply>> get(std::string url);
    /// The same for any request; make it by request().
    [[nodiscard]] Task<Result<Reply>> send(http::Request request);
    /// A request under the rules of this session, to be adorned: method, headers, body. Fails with
    /// ErrorClass::BadInput.
    [[nodiscard]] Result<http::Request> request(std::string_view url) const;

    /// How many requests may run at once.
    [[nodiscard]] std::size_t concurrency() const noexcept { return options_.concurrency; }

    /// Waits for the headers only: for bodies that are read piece by piece. One attempt. While a
    /// Download lives, it counts as a request under way.
    [[nodiscard]] Task<Result<Download>> open(std::string url);

private:
    using Responding = Task<Result<std::unique_ptr<http::Response>>>;

    [[nodiscard]] Responding respond(const http::Request& request, http::Trace& trace);
    [[nodiscard]] Task<Result<Reply>> attempt(const http::Request& request, http::Trace& trace);

    Scheduler& scheduler_;
    SessionOptions options_;
    std::unique_ptr<http::Client> own_network_;
    Event closed_;
    Admission admission_;
    http::RedirectClient client_;
    http::RetryBudget budget_;
    http::Backoff::Random random_;
};

}  // namespace runnel
