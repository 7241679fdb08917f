#pragma once

#include <curl/curl.h>

#include <functional>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "http/address_lookup.hpp"
#include "http/resolver.hpp"
#include "http/route.hpp"
#include "io/loop.hpp"
#include "io/socket_watcher.hpp"

namespace runnel::http {

class Transfer;

/// One libcurl multi handle on the loop: its sockets, its timer, and the transfers that run on it.
///
/// libcurl's callbacks arm and disarm, nothing else: calling back into a multi from them is refused
/// by libcurl, and nobody is resumed while libcurl is on the stack. After each call into libcurl
/// every finished transfer is drained, whatever number libcurl says is still running (7.88 reports
/// the last one with zero running).
class Multi final : SocketWatcher::Listener, Timer {
public:
    /// \a connections: how many idle connections are kept. Fixed, because libcurl's default follows
    /// the number of transfers and drops warm connections at every dip.
    Multi(Loop& loop, std::size_t connections);
    Multi(const Multi&) = delete;
    Multi& operator=(const Multi&) = delete;
    /// No transfer may run. Closes the connections.
    ~Multi() override;

    /// Starts a prepared transfer. From a task, never from a callback of libcurl.
    void add(Transfer& transfer);
    /// Stops one. Its connection is closed unless the exchange was complete.
    void remove(Transfer& transfer);
    [[nodiscard]] std::size_t running() const noexcept { return running_; }

    /// Counts \a peer among those this multi has seen; gives how many there are.
    std::size_t note(const Endpoint& peer);
    /// Whether libcurl's cache here has these addresses already.
    [[nodiscard]] bool knows(const NamedAddresses& named) const;
    /// A transfer that was given these addresses was answered, so libcurl has read them. (One that
    /// ends before it has begun has told libcurl nothing.)
    void learned(const NamedAddresses& named);

    /// For Transfer's body callback: calls its pause() once libcurl has returned.
    void pause_soon(Transfer& transfer) { to_pause_.push_back(&transfer); }
    /// For a transfer that has finished: whether its connection is closed, by us or by the server.
    [[nodiscard]] bool has_ended(curl_socket_t socket);

private:
    struct FreeMulti {
        void operator()(CURLM* multi) const noexcept { curl_multi_cleanup(multi); }
    };
    /// An endpoint that stays, found by one that does not.
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
    };

    static int on_socket(CURL* easy, curl_socket_t socket, int what, void* self,
                         void* unused) noexcept;
    static int on_timer(CURLM* multi, long milliseconds, void* self) noexcept;
    static int on_close(void* self, curl_socket_t socket) noexcept;

    void watch(Transfer& transfer, curl_socket_t socket, int what);
    void unwatch(curl_socket_t socket);
    [[nodiscard]] Watch& at(curl_socket_t socket);
    [[nodiscard]] SocketWatcher::Listener& listener() noexcept { return *this; }
    void on_ready(int socket, Readiness readiness) noexcept override;
    void expire() noexcept override;
    void act(curl_socket_t socket, int flags);
    void drain();
    void refuse_surplus(const Transfer& transfer);
    [[nodiscard]] bool was_paused_on(curl_socket_t socket) const;

    Loop& loop_;
    std::vector<Watch> watches_;  // by descriptor
    std::size_t running_ = 0;
    bool closing_ = false;
    std::vector<Transfer*> to_pause_;
    /// With the addresses that libcurl has; null for none.
    std::unordered_map<Seen, Addresses, Hash, Equal> seen_;
    // Last, so that what its callbacks use is still there while it is cleaned up.
    std::unique_ptr<CURLM, FreeMulti> multi_;
};

}  // namespace runnel::http
