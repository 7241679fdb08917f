#pragma once

#include <curl/curl.h>

#include <functional>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "http/address_lookup.hpp"
#include "http/read_limit.hpp"
#include "http/resolver.hpp"
#include "http/route.hpp"
#include "http/stream_ends.hpp"
#include "io/loop.hpp"
#include "io/socket_watcher.hpp"

namespace runnel::http {

class Transfer;

/// One libcurl multi handle on the loop: its sockets, its timer, and the transfers that run on it.
///
/// libcurl's callbacks only arm and disarm watches and the timer: libcurl refuses calls into a
/// multi from them, and tasks are not resumed while libcurl is on the stack. After each call into
/// libcurl all finished transfers are drained, regardless of the number of running ones that it
/// returns (7.88 reports the last transfer with zero running).
class Multi final : SocketWatcher::Listener, Timer {
public:
    /// \a connections is the maximum number of idle connections. It is fixed, because libcurl's
    /// default depends on the number of transfers and closes connections whenever that drops.
    Multi(Loop& loop, std::size_t connections);
    Multi(const Multi&) = delete;
    Multi& operator=(const Multi&) = delete;
    /// Closes the connections. No transfer may be running.
    ~Multi() override;

    /// Starts a prepared transfer. Must not be called from a callback of libcurl.
    void add(Transfer& transfer);
    /// Stops a transfer. Closes its connection unless the exchange was complete.
    void remove(Transfer& transfer);
    [[nodiscard]] std::size_t running() const noexcept { return running_; }

    /// Adds \a peer to the peers of this multi and returns their number.
    std::size_t note(const Endpoint& peer);
    /// Whether libcurl's DNS cache of this multi has these addresses.
    [[nodiscard]] bool knows(const NamedAddresses& named) const;
    /// Records that libcurl's DNS cache has these addresses. To be called once a transfer with them
    /// has a response, because libcurl does not read the CURLOPT_RESOLVE entries of a transfer that
    /// is removed before libcurl has started it.
    void learned(const NamedAddresses& named);

    /// Records that \a socket is connected from \a local_port, which is 0 for a Unix socket.
    void connected(curl_socket_t socket, int local_port);
    /// Whether data or the end of the connection has arrived on a kept connection from
    /// \a local_port.
    [[nodiscard]] bool has_surplus(int local_port) const;

    /// Calls Transfer::pause() once libcurl has returned. For the body callback.
    void pause_soon(Transfer& transfer) { to_pause_.push_back(&transfer); }
    /// Whether the connection of a finished transfer is closed, by us or by the server.
    [[nodiscard]] bool has_ended(curl_socket_t socket);

private:
    struct FreeMulti {
        void operator()(CURLM* multi) const noexcept { curl_multi_cleanup(multi); }
    };
    /// An Endpoint that owns its host.
    struct Seen {
        std::string host;
        std::uint16_t port;
        operator Endpoint() const noexcept { return Endpoint{host, port}; }
    };
    struct Hash {
        using is_transparent = void;
        std::size_t operator()(const Endpoint& endpoint) const noexcept {
            return std::hash<std::string_view>()(endpoint.host) ^ endpoint.port;
        }
    };
    struct Equal {
        using is_transparent = void;
        bool operator()(const Endpoint& a, const Endpoint& b) const noexcept { return a == b; }
    };
    struct Watch {
        std::unique_ptr<SocketWatcher> watcher;
        Transfer* transfer = nullptr;
        int local_port = kNoPort;
    };
    static constexpr int kNoPort = -1;

    static int on_socket(CURL* easy, curl_socket_t socket, int what, void* self,
                         void* unused) noexcept;
    static int on_timer(CURLM* multi, long milliseconds, void* self) noexcept;
    static int on_close(void* self, curl_socket_t socket) noexcept;

    /// \a transfer is null while libcurl shuts the TLS of an idle connection down, which it does
    /// with a handle of its own (seen with 8.14).
    void watch(Transfer* transfer, curl_socket_t socket, int what);
    void unwatch(curl_socket_t socket);
    [[nodiscard]] Watch& at(curl_socket_t socket);
    [[nodiscard]] SocketWatcher::Listener& listener() noexcept { return *this; }
    void on_ready(int socket, Readiness readiness) noexcept override;
    void expire() noexcept override;
    void act(curl_socket_t socket, int flags);
    void drain();
    void forget_port(curl_socket_t socket);

    Loop& loop_;
    std::vector<Watch> watches_;  // by descriptor
    /// Sockets of connections by their local port: the only way to find the connection that libcurl
    /// has chosen for a request. A port may be used for several remote hosts.
    std::unordered_multimap<int, curl_socket_t> by_port_;
    std::size_t running_ = 0;
    bool closing_ = false;
    std::vector<Transfer*> to_pause_;
    /// Peers with the addresses in libcurl's DNS cache; null if there are none.
    std::unordered_map<Seen, Addresses, Hash, Equal> seen_;
    ReadLimit read_limit_;
    StreamEnds stream_ends_;
    // Last member, because its cleanup calls callbacks that use the others.
    std::unique_ptr<CURLM, FreeMulti> multi_;
};

}  // namespace runnel::http
