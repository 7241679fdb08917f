#include "io/connect_probe.hpp"

#include <sys/socket.h>

#include <cerrno>
#include <utility>

#include "base/system_error.hpp"
#include "base/unique_fd.hpp"
#include "io/socket_watcher.hpp"
#include "io/system_calls.hpp"

namespace runnel {

namespace {

class TcpProbe final : public ConnectProbe, SocketWatcher::Listener {
public:
    explicit TcpProbe(std::function<void()> ended) : ended_(std::move(ended)) {}

    void start(Loop& loop, const SocketAddress& address) {
        socket_ = system_calls::open_tcp(address.raw()->sa_family);
        if (socket_ && ::connect(socket_.get(), address.raw(), address.length()) == 0) {
            result_ = 0;
        } else if (!socket_ || errno != EINPROGRESS) {
            result_ = errno;
        } else {
            watcher_.emplace(loop, socket_.get(), static_cast<SocketWatcher::Listener&>(*this));
            watcher_->want(false, true);
        }
    }
    [[nodiscard]] std::optional<int> result() const noexcept override { return result_; }

private:
    void on_ready(int socket, Readiness /*readiness*/) noexcept override {
        int error = 0;
        socklen_t size = sizeof error;
        result_ = getsockopt(socket, SOL_SOCKET, SO_ERROR, &error, &size) == 0 ? error : errno;
        watcher_->want(false, false);
        ended_();
    }

    UniqueFd socket_;
    std::function<void()> ended_;
    std::optional<int> result_;
    std::optional<SocketWatcher> watcher_;  // destroyed before the socket is closed
};

}  // namespace

Result<std::unique_ptr<ConnectProbe>> probe_tcp(Loop& loop, const SocketAddress& address,
                                                std::function<void()> ended) {
    auto probe = std::make_unique<TcpProbe>(std::move(ended));
    probe->start(loop, address);
    if (probe->result() && is_lack_of_resources(*probe->result())) {
        return system_error(ErrorClass::Internal, "cannot open a socket", *probe->result());
    }
    return std::unique_ptr<ConnectProbe>(std::move(probe));
}

}  // namespace runnel
