#pragma once

#include <memory>
#include <stdexcept>

#include "http/client.hpp"

namespace runnel::test {

/// Throws an exception for the host `surprise`; passes other requests on.
class ThrowingClient final : public http::Client {
public:
    explicit ThrowingClient(http::Client& next) : next_(next) {}
    [[nodiscard]] Task<Result<std::unique_ptr<http::Response>>> send(const http::Request& request,
                                                                     http::SendOptions options,
                                                                     http::Trace& trace) override {
        if (request.url.host() == "surprise") {
            throw std::logic_error("a surprise");
        }
        co_return co_await next_.send(request, options, trace);
    }

private:
    http::Client& next_;
};

}  // namespace runnel::test
