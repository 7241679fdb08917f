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

/// What a request takes up while it is out, until its response is dropped; given back when this
/// dies.
class Room {
public:
    Room() = default;
    Room(const Room&) = delete;
    Room& operator=(const Room&) = delete;
    virtual ~Room() = default;
};

/// A response whose headers are in, and whose body comes as it is asked for. Reading slowly holds
/// the server back. Dropping it before its end cancels the transfer.
class Response {
public:
    virtual ~Response() = default;

    [[nodiscard]] virtual int status() const noexcept = 0;
    /// The Location header, empty without one.
    [[nodiscard]] virtual const std::string& location() const noexcept = 0;
    /// The values of a header, whatever the case of its name, joined by `, ` when it came more than
    /// once; nullopt when it did not come. Trailers are no headers.
    [[nodiscard]] virtual std::optional<std::string> header(const std::string& name) const = 0;
    /// All headers as they came, those of the last hop, in the form `Name: value`.
    [[nodiscard]] virtual Headers headers() const = 0;
    /// The next piece of the decoded body, valid until the next call; empty at the body's end, and
    /// only when all of it came. One caller at a time. Cancelled when stop is requested.
    [[nodiscard]] virtual Task<Result<std::string_view>> read() = 0;

    /// How long after the request had gone out its first byte came.
    [[nodiscard]] virtual Duration first_byte() const = 0;

    /// Lets go of \a room when this is dropped.
    void keep(std::unique_ptr<Room> room) noexcept { room_ = std::move(room); }

private:
    std::unique_ptr<Room> room_;
};

/// Reads what nobody wants, so that the connection can be used again. A body that is long, slow or
/// broken is given up.
[[nodiscard]] Task<void> discard(Response& response);

/// Sends requests: the seam between what runnel does with responses and how it gets them. libcurl
/// stands behind it in the program, a script in the tests; redirect, retry and hedge wrap another
/// client.
class Client {
public:
    virtual ~Client() = default;

    /// Resumes when the response headers are in, or with the reason there are none. \a request must
    /// live until then; \a trace, admitted, and the request's policy must outlive the response.
    /// Request::attempt_limit() counts from Trace::started; time in which the reader holds
    /// the transfer back does not count.
    [[nodiscard]] virtual Task<Result<std::unique_ptr<Response>>> send(const Request& request,
                                                                       SendOptions options,
                                                                       Trace& trace) = 0;
};

}  // namespace runnel::http
