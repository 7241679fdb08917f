#pragma once

#include "http/client.hpp"

namespace runnel::http {

/// Follows redirects, one send() of the wrapped client per hop, so that each hop passes through
/// everything that client does. The method changes as in curl: 303 makes a GET of anything but
/// HEAD, 301 and 302 make one of POST; the body goes then, with the headers that are about it.
/// Credentials and a Host header are dropped when the origin changes. Failures are
/// ErrorClass::Redirect. A 3xx that names no Location is a final response.
class RedirectClient final : public Client {
public:
    /// \a next must outlive this.
    explicit RedirectClient(Client& next) : next_(next) {}

    [[nodiscard]] Task<Result<std::unique_ptr<Response>>> send(const Request& request,
                                                               SendOptions options,
                                                               Trace& trace) override;

private:
    Client& next_;
};

/// 301, 302, 303, 307 and 308: those that should have a Location.
[[nodiscard]] bool is_redirect(int status) noexcept;

/// The failure of a final \a response whose status was not expected: ErrorClass::HttpStatus, or
/// Redirect when \a policy follows redirects and it does not say where to.
[[nodiscard]] Error unexpected_status(const Response& response, const Policy& policy);

}  // namespace runnel::http
