#pragma once

#include <netinet/in.h>
#include <sys/socket.h>

#include <array>
#include <cstdint>
#include <string>
#include <utility>

#include "async/run.hpp"
#include "http/curl_client.hpp"
#include "io/loop.hpp"
#include "support/exchange.hpp"
#include "support/test_server.hpp"

namespace runnel::test {

/// The real loop and the real client. The client dies first, because ~Loop asserts that no handle
/// is left.
class Network {
public:
    Network() = default;

    Exchange get(const std::string& url) { return run(loop, exchange(client, policy, url)); }
    Exchange send(const http::Request& request) { return run(loop, exchange(client, request)); }

    http::Policy policy;
    Loop loop;
    http::CurlClient client{loop, 50, 10'000};
};

/// A port of 127.0.0.1 that refuses every connection while this lives.
class RefusingPort {
public:
    RefusingPort() : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
        sockaddr_in address = {};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        auto* raw = reinterpret_cast<sockaddr*>(&address);
        socklen_t size = sizeof address;
        RUNNEL_ENSURE(::bind(socket_.get(), raw, size) == 0, "bind");
        RUNNEL_ENSURE(::getsockname(socket_.get(), raw, &size) == 0, "getsockname");
        port_ = ntohs(address.sin_port);
    }

    [[nodiscard]] std::string url() const {
        return "http://127.0.0.1:" + std::to_string(port_) + "/";
    }

private:
    UniqueFd socket_;
    std::uint16_t port_ = 0;
};

/// A port that neither accepts nor refuses: its queue is full.
class SilentPort {
public:
    /// Of \a host, in host byte order. Port 0 is one of the system's choice.
    explicit SilentPort(std::uint32_t host = INADDR_LOOPBACK, std::uint16_t port = 0)
        : port_(port), listener_(TestServer::listen_on_loopback(port_, 0, host)) {
        sockaddr_in address = {};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(host);
        address.sin_port = htons(port_);
        // The kernel queues one connection more than the backlog; further ones wait, as the client
        // under test will.
        for (UniqueFd& caller : callers_) {
            caller = UniqueFd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
            ::connect(caller.get(), reinterpret_cast<sockaddr*>(&address), sizeof address);
        }
    }

    [[nodiscard]] std::string url() const {
        return "http://127.0.0.1:" + std::to_string(port_) + "/";
    }

private:
    std::uint16_t port_;
    UniqueFd listener_;
    std::array<UniqueFd, 4> callers_;
};

}  // namespace runnel::test
