#pragma once

#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

#include "async/context.hpp"
#include "async/task.hpp"
#include "http/client.hpp"

/// One request and its outcome.
namespace runnel::test {

inline http::Url url_of(std::string_view text) {
    Result<http::Url> url = http::Url::parse(text);
    if (!url) {
        throw std::invalid_argument(url.error().message());
    }
    return std::move(*url);
}

/// Returns a request, which must not outlive \a policy.
inline http::Request request_for(std::string_view url, const http::Policy& policy) {
    return http::Request(url_of(url), policy);
}

/// The outcome of an exchange. Status 0 means that no response came.
class Exchange {
public:
    Exchange() = default;

    [[nodiscard]] bool ok() const noexcept { return !failure; }
    /// Returns the class of the failure, or "" if there is none.
    [[nodiscard]] std::string failed_as() const {
        return failure ? std::string(to_string(failure->error_class())) : std::string();
    }
    [[nodiscard]] std::string message() const {
        return failure ? failure->message() : std::string();
    }

    int status = 0;
    std::string location;
    std::string body;  ///< What was received, even if it failed later.
    std::optional<Error> failure;
    http::Trace trace;
};

/// Reads \a response to its end.
inline Task<void> read_to_end(http::Response& response, Exchange& exchange) {
    for (;;) {
        const Result<std::string_view> piece = co_await response.read();
        if (!piece) {
            exchange.failure = piece.error();
            co_return;
        }
        if (piece->empty()) {
            co_return;
        }
        exchange.body += *piece;
    }
}

/// Sends \a request and reads the response. \a request must outlive the task.
inline Task<Exchange> exchange(http::Client& client, const http::Request& request) {
    const Context& context = co_await this_task::context();
    Exchange result;
    result.trace.admit(context.scheduler->now(), context.scheduler->now());
    {
        Result<std::unique_ptr<http::Response>> response =
            co_await client.send(request, http::SendOptions(), result.trace);
        if (response) {
            result.status = (*response)->status();
            result.location = (*response)->location();
            co_await read_to_end(**response, result);
        } else {
            result.failure = response.error();
        }
    }
    co_return result;
}

/// The same for a URL.
inline Task<Exchange> exchange(http::Client& client, const http::Policy& policy, std::string url) {
    const http::Request request = request_for(url, policy);
    co_return co_await exchange(client, request);
}

}  // namespace runnel::test
