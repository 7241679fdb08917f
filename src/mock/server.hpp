#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "io/io_thread.hpp"
#include "mock/counts.hpp"
#include "mock/listener.hpp"
#include "mock/service.hpp"

struct MHD_Daemon;

namespace runnel::mock {

/// An HTTP/1.1 server that gives the answers of routes, good ones and broken ones. One thread
/// serves all connections; an answer that waits holds up nobody. What no route is for gets a 404.
class MockServer {
public:
    /// Serves from now on. \a observer is called on the server's thread. Throws std::system_error
    /// when the system has no room for it.
    MockServer(Listener listener, Routes routes, Observer observer = {});
    MockServer(const MockServer&) = delete;
    MockServer& operator=(const MockServer&) = delete;
    /// Closes every connection at once, also those that wait or hang.
    ~MockServer();

    [[nodiscard]] const std::string& host() const noexcept { return host_; }
    [[nodiscard]] std::uint16_t port() const noexcept { return port_; }
    /// `http://127.0.0.1:43210`
    [[nodiscard]] std::string url() const;

    /// From any thread.
    [[nodiscard]] const Counts& counts() const noexcept { return service_.counts; }

private:
    struct Stop {
        void operator()(MHD_Daemon* daemon) const noexcept;
    };

    void serve();

    std::string host_;
    std::uint16_t port_;
    Service service_;
    std::unique_ptr<MHD_Daemon, Stop> daemon_;
    IoThread thread_;
};

}  // namespace runnel::mock
