#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/ensure.hpp"
#include "base/unique_fd.hpp"

namespace runnel::test {

/// A client that sees every byte and how a connection ends. Reads time out after 30 seconds.
class RawClient {
public:
    enum class End { Fin, Reset, Silence };

    /// Connects to 127.0.0.1.
    explicit RawClient(std::uint16_t port) : socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
        sockaddr_in address = {};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        address.sin_port = htons(port);
        RUNNEL_ENSURE(
            ::connect(socket_.get(), reinterpret_cast<sockaddr*>(&address), sizeof address) == 0,
            "connect to the server under test");
    }

    /// Stops silently if the server has closed the connection: see received and end().
    void send(std::string_view bytes) {
        while (!bytes.empty()) {
            const ssize_t size = ::send(socket_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
            if (size < 0) {
                return;
            }
            bytes.remove_prefix(static_cast<std::size_t>(size));
        }
    }
    void get(std::string_view target, std::string_view method = "GET") {
        send(std::string(method) + " " + std::string(target) + " HTTP/1.1\r\nHost: test\r\n\r\n");
    }

    /// Reads until `received` has \a size bytes. Returns false if the connection ended before.
    bool receive(std::size_t size) {
        while (received.size() < size && read(std::chrono::seconds(30))) {
        }
        return received.size() >= size;
    }
    /// The same until `received` contains \a text.
    bool receive(std::string_view text) {
        while (received.find(text) == std::string::npos && read(std::chrono::seconds(30))) {
        }
        return received.find(text) != std::string::npos;
    }
    /// Reads until the connection ends or nothing has arrived for \a patience.
    End end(std::chrono::milliseconds patience = std::chrono::seconds(30)) {
        while (read(patience)) {
        }
        return end_;
    }

    /// Returns what was received after the headers.
    [[nodiscard]] std::string body() const {
        const std::size_t blank = received.find("\r\n\r\n");
        return blank == std::string::npos ? std::string() : received.substr(blank + 4);
    }
    [[nodiscard]] bool has_header(std::string_view line) const {
        const std::string head = received.substr(0, received.find("\r\n\r\n") + 2);
        return head.find("\r\n" + std::string(line) + "\r\n") != std::string::npos;
    }

    std::string received;

private:
    bool read(std::chrono::milliseconds patience) {
        pollfd polled = {socket_.get(), POLLIN, 0};
        if (::poll(&polled, 1, static_cast<int>(patience.count())) == 0) {
            end_ = End::Silence;
            return false;
        }
        std::array<char, 65536> block;
        const ssize_t size = ::recv(socket_.get(), block.data(), block.size(), 0);
        if (size > 0) {
            received.append(block.data(), static_cast<std::size_t>(size));
            return true;
        }
        RUNNEL_ENSURE(size == 0 || errno == ECONNRESET, "recv from the server under test");
        end_ = size == 0 ? End::Fin : End::Reset;
        return false;
    }

    UniqueFd socket_;
    End end_ = End::Silence;
};

}  // namespace runnel::test
