#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <cstdlib>
#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <utility>

#include "async/event.hpp"
#include "base/ensure.hpp"
#include "base/unique_fd.hpp"
#include "io/loop.hpp"

namespace runnel::test {

/// An event that other threads can set and tasks can wait for.
class Remote {
public:
    /// \a loop must outlive all calls of happen().
    explicit Remote(Loop& loop) : loop_(loop), event_(std::make_shared<Event>()) {}

    /// May be called from any thread.
    void happen() {
        loop_.call_from_thread([event = event_] { event->set(); });
    }
    [[nodiscard]] Event& event() noexcept { return *event_; }

private:
    Loop& loop_;
    std::shared_ptr<Event> event_;
};

/// A scripted HTTP server on 127.0.0.1: the handler runs for each connection, on a thread of its
/// own, and handles raw bytes.
///
///     TestServer server([](TestServer::Connection& client) {
///         while (client.read_request()) {
///             client.send(TestServer::ok("hello"));
///         }
///     });
///
/// Its destructor ends every connection and joins all threads.
class TestServer {
public:
    class Connection;
    using Handler = std::function<void(Connection& client)>;

    explicit TestServer(Handler handler);
    TestServer(const TestServer&) = delete;
    TestServer& operator=(const TestServer&) = delete;
    ~TestServer();

    /// `http://<host>:<port><path>`
    [[nodiscard]] std::string url(std::string_view path = "/",
                                  std::string_view host = "127.0.0.1") const {
        return "http://" + std::string(host) + ":" + std::to_string(port_) + std::string(path);
    }
    [[nodiscard]] std::uint16_t port() const noexcept { return port_; }

    /// Number of connections, and of requests, so far.
    [[nodiscard]] std::size_t connections() const noexcept { return connections_; }
    [[nodiscard]] std::size_t requests() const noexcept { return requests_; }
    /// Number of bytes sent, on all connections.
    [[nodiscard]] std::uint64_t sent() const noexcept { return sent_; }

    /// Lets the connections that wait for \a step, or for an earlier one, go on.
    void open(int step = 1) {
        const std::scoped_lock lock(mutex_);
        step_ = step;
        changed_.notify_all();
    }

    /// A whole response with its length.
    [[nodiscard]] static std::string ok(std::string_view body, std::string_view headers = "") {
        return "HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(body.size()) + "\r\n" +
               std::string(headers) + "\r\n" + std::string(body);
    }
    /// Serves every request of a connection with \a response.
    [[nodiscard]] static Handler always(std::string response);

    /// A socket that listens on \a host, in host byte order, and \a port; if that is 0, on a port
    /// of the system's choice, which it becomes.
    [[nodiscard]] static UniqueFd listen_on_loopback(std::uint16_t& port, int backlog = SOMAXCONN,
                                                     std::uint32_t host = INADDR_LOOPBACK) {
        UniqueFd listener(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
        RUNNEL_ENSURE(listener, "socket");
        sockaddr_in address = {};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(host);
        address.sin_port = htons(port);
        auto* raw = reinterpret_cast<sockaddr*>(&address);
        socklen_t size = sizeof address;
        RUNNEL_ENSURE(::bind(listener.get(), raw, size) == 0, "bind");
        RUNNEL_ENSURE(::listen(listener.get(), backlog) == 0, "listen");
        RUNNEL_ENSURE(::getsockname(listener.get(), raw, &size) == 0, "getsockname");
        port = ntohs(address.sin_port);
        return listener;
    }

private:
    void accept_all();
    void join_ended();

    Handler handler_;
    UniqueFd listener_;
    std::uint16_t port_ = 0;
    std::atomic<std::size_t> connections_ = 0;
    std::atomic<std::size_t> requests_ = 0;
    std::atomic<std::uint64_t> sent_ = 0;

    std::mutex mutex_;
    std::condition_variable changed_;
    int step_ = 0;
    bool ending_ = false;
    std::list<Connection> clients_;  // changed only by the acceptor, under the mutex
    std::thread acceptor_;
};

/// The server's side of one connection. Used only by its handler.
class TestServer::Connection {
public:
    Connection(TestServer& server, UniqueFd socket, std::size_t number)
        : server_(server), socket_(std::move(socket)), number_(number) {}
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;
    ~Connection() = default;

    /// Counts connections from 1, in the order in which they were accepted.
    [[nodiscard]] std::size_t number() const noexcept { return number_; }
    /// Bytes handed to the system.
    [[nodiscard]] std::uint64_t sent() const noexcept { return sent_; }

    /// Returns the head of the next request with its blank line, and its body if it has a
    /// Content-Length; nullopt if the client has closed the connection.
    std::optional<std::string> read_request() {
        for (;;) {
            const std::size_t end = received_.find("\r\n\r\n");
            if (end != std::string::npos && received_.size() >= end + 4 + body_size(end)) {
                const std::size_t size = end + 4 + body_size(end);
                std::string request = received_.substr(0, size);
                received_.erase(0, size);
                ++server_.requests_;
                return request;
            }
            if (!receive()) {
                return std::nullopt;
            }
        }
    }
    /// Returns false if the client has closed the connection.
    bool send(std::string_view bytes) {
        while (!bytes.empty()) {
            const ssize_t size = ::send(socket_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
            if (size < 0) {
                return false;
            }
            count_sent(static_cast<std::size_t>(size));
            bytes.remove_prefix(static_cast<std::size_t>(size));
        }
        return true;
    }
    /// Sends from \a bytes until the client has read nothing for \a patience.
    void send_until_stalled(std::string_view bytes, std::chrono::milliseconds patience) {
        pollfd writable = {socket_.get(), POLLOUT, 0};
        while (!bytes.empty() && ::poll(&writable, 1, static_cast<int>(patience.count())) == 1) {
            const ssize_t size =
                ::send(socket_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
            if (size < 0 && errno != EAGAIN) {
                return;
            }
            const std::size_t taken = size < 0 ? 0 : static_cast<std::size_t>(size);
            count_sent(taken);
            bytes.remove_prefix(taken);
        }
    }
    /// Waits until the test opens \a step. Returns false if the server is being destroyed.
    bool wait_for(int step = 1) {
        std::unique_lock lock(server_.mutex_);
        server_.changed_.wait(lock, [&] { return server_.ending_ || server_.step_ >= step; });
        return !server_.ending_;
    }
    /// Waits until the client has closed its side or reset the connection.
    void wait_until_gone() {
        while (receive()) {
        }
    }
    /// Ends the connection with a RST.
    void reset() {
        const linger at_once = {1, 0};
        ::setsockopt(socket_.get(), SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
        close();
    }
    /// Ends the connection with a FIN, or with a RST if received bytes were not read.
    void close() {
        const std::scoped_lock lock(server_.mutex_);
        socket_.reset();
    }
    /// Shuts down the sending side; the client can still send.
    void finish() { ::shutdown(socket_.get(), SHUT_WR); }

private:
    friend class TestServer;

    void count_sent(std::size_t size) {
        sent_ += size;
        server_.sent_ += size;
    }
    bool receive() {
        std::array<char, 16384> buffer = {};
        const ssize_t size = ::recv(socket_.get(), buffer.data(), buffer.size(), 0);
        if (size > 0) {
            received_.append(buffer.data(), static_cast<std::size_t>(size));
        }
        return size > 0;
    }
    [[nodiscard]] std::size_t body_size(std::size_t head_end) const {
        constexpr std::string_view kName = "\r\nContent-Length: ";
        const std::size_t at = received_.find(kName);
        return at < head_end ? std::strtoul(&received_[at + kName.size()], nullptr, 10) : 0;
    }

    TestServer& server_;
    UniqueFd socket_;
    std::size_t number_;
    std::string received_;
    std::uint64_t sent_ = 0;
    std::thread thread_;
    bool ended_ = false;
};

inline TestServer::TestServer(Handler handler) : handler_(std::move(handler)) {
    listener_ = listen_on_loopback(port_);
    acceptor_ = std::thread([this] { accept_all(); });
}

inline TestServer::~TestServer() {
    {
        const std::scoped_lock lock(mutex_);
        ending_ = true;
        changed_.notify_all();
        for (const Connection& client : clients_) {
            if (client.socket_) {
                ::shutdown(client.socket_.get(), SHUT_RDWR);
            }
        }
    }
    ::shutdown(listener_.get(), SHUT_RDWR);
    acceptor_.join();
    for (Connection& client : clients_) {
        client.thread_.join();
    }
}

inline void TestServer::accept_all() {
    for (;;) {
        UniqueFd socket(::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC));
        if (!socket && errno == ECONNABORTED) {
            continue;
        }
        const std::scoped_lock lock(mutex_);
        if (!socket || ending_) {
            return;
        }
        const std::size_t number = ++connections_;
        join_ended();
        Connection& client = clients_.emplace_back(*this, std::move(socket), number);
        client.thread_ = std::thread([this, &client] {
            handler_(client);
            client.close();
            const std::scoped_lock ending(mutex_);
            client.ended_ = true;
        });
    }
}

/// Joins the threads that have ended. Called with the mutex held, which they no longer need.
inline void TestServer::join_ended() {
    for (auto client = clients_.begin(); client != clients_.end();) {
        if (client->ended_) {
            client->thread_.join();
            client = clients_.erase(client);
        } else {
            ++client;
        }
    }
}

inline TestServer::Handler TestServer::always(std::string response) {
    return [response = std::move(response)](Connection& client) {
        while (client.read_request()) {
            if (!client.send(response)) {
                return;
            }
        }
    };
}

}  // namespace runnel::test
