#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "async/task.hpp"
#include "base/result.hpp"
#include "http/request.hpp"
#include "http/send_options.hpp"
#include "http/trace.hpp"

namespace runnel::http {

/// Resources that a request holds until its response is dropped. The destructor releases them.
class Reservation {
public:
    Reservation() = default;
    Reservation(const Reservation&) = delete;
    Reservation& operator=(const Reservation&) = delete;
    virtual ~Reservation() = default;
};

/// A response whose headers have arrived and whose body is read on demand. Reading slowly slows the
/// server down. Dropping it before the end of the body cancels the transfer.
class Response {
public:
    virtual ~Response() = default;

    [[nodiscard]] virtual int status() const noexcept = 0;
    /// The Location header; empty if there is none.
    [[nodiscard]] virtual const std::string& location() const noexcept = 0;
    /// Returns the value of a header, ignoring the case of \a name; repeated headers are joined by
    /// `, `. nullopt if it is missing. Trailers are ignored.
    [[nodiscard]] virtual std::optional<std::string> header(const std::string& name) const = 0;
    /// Returns all headers of the last hop in order, as `Name: value`.
    [[nodiscard]] virtual Headers headers() const = 0;
    /// Waits for the next piece of the decoded body. It is valid until the next call; it is empty
    /// at the end of a complete body. One caller at a time. Throws Cancelled when stop is
    /// requested.
    [[nodiscard]] virtual Task<Result<std::string_view>> read() = 0;

    /// Time from the request to the first byte of the response.
    [[nodiscard]] virtual Duration first_byte() const = 0;

    /// Releases \a reservation when this is dropped.
    void keep(std::unique_ptr<Reservation> reservation) noexcept {
        reservation_ = std::move(reservation);
    }

private:
    std::unique_ptr<Reservation> reservation_;
};

/// Reads and drops the body, so that the connection can be reused. Stops early if the body is long,
/// slow or broken.
[[nodiscard]] Task<void> discard(Response& response);

/// Sends requests. Implemented by libcurl in the program and by a script in the tests; redirects,
/// hedging and admission are decorators of another client.
class Client {
public:
    virtual ~Client() = default;

    /// Waits for the response headers. \a request must live until then; \a trace and the request's
    /// policy must outlive the response. Trace::admit() must have been called for this hop, except
    /// by decorators that call it. Request::attempt_limit() counts from Trace::started; time in
    /// which the reader pauses the transfer does not count.
    [[nodiscard]] virtual Task<Result<std::unique_ptr<Response>>> send(const Request& request,
                                                                       SendOptions options,
                                                                       Trace& trace) = 0;
};

}  // namespace runnel::http
