#pragma once

#include "http/client.hpp"

namespace runnel::http {

/// Follows redirects by one send() of the wrapped client per hop, so that its decorators apply to
/// each hop. The method changes as in curl: 303 changes all methods except HEAD to GET, 301 and 302
/// change POST to GET; the body and its headers are dropped then. Credentials and a Host header are
/// dropped when the origin changes. Fails with ErrorClass::Redirect. A 3xx without a Location is a
/// final response.
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

/// Whether \a status is 301, 302, 303, 307 or 308, which should have a Location.
[[nodiscard]] bool is_redirect(int status) noexcept;

/// Returns the error for a final \a response with an unexpected status: ErrorClass::HttpStatus, or
/// Redirect if \a policy follows redirects and the Location is missing.
[[nodiscard]] Error unexpected_status(const Response& response, const Policy& policy);

}  // namespace runnel::http
