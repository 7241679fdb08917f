#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "io/io_thread.hpp"
#include "mock/listener.hpp"
#include "mock/server_state.hpp"

struct MHD_Daemon;

namespace runnel::mock {

/// An HTTP/1.1 server that answers by routes, with faults on request. One thread serves all
/// connections; delayed answers do not block other connections. Without a matching route the answer
/// is 404.
class MockServer {
public:
    /// Starts the server. \a observer is called on the server's thread. Throws std::system_error if
    /// the system lacks resources.
    MockServer(Listener listener, Routes routes, Observer observer = {});
    MockServer(const MockServer&) = delete;
    MockServer& operator=(const MockServer&) = delete;
    /// Closes all connections immediately, including those that are paused.
    ~MockServer();

    [[nodiscard]] const std::string& host() const noexcept { return host_; }
    [[nodiscard]] std::uint16_t port() const noexcept { return port_; }
    /// `http://127.0.0.1:43210`
    [[nodiscard]] std::string url() const;

    /// May be called from any thread.
    [[nodiscard]] const Counts& counts() const noexcept { return state_.counts; }

private:
    struct Stop {
        void operator()(MHD_Daemon* daemon) const noexcept;
    };

    void serve();

    std::string host_;
    std::uint16_t port_;
    ServerState state_;
    std::unique_ptr<MHD_Daemon, Stop> daemon_;
    IoThread thread_;
};

}  // namespace runnel::mock
