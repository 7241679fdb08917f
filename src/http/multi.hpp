#pragma once

#include <curl/curl.h>

#include <memory>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "http/resolver.hpp"
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

    /// Counts \a origin among those this multi has seen; gives how many there are.
    std::size_t note_origin(const std::string& origin);
    /// Whether libcurl's cache here has \a addresses for \a origin already.
    [[nodiscard]] bool knows(const std::string& origin, const Addresses& addresses) const;
    /// A transfer that was given \a addresses was answered, so libcurl has read them. (One that
    /// ends before it has begun has told libcurl nothing.)
    void learned(const std::string& origin, const Addresses& addresses) {
        known_[origin] = addresses;
    }

    /// For Transfer's body callback: calls its pause() once libcurl has returned.
    void pause_soon(Transfer& transfer) { to_pause_.push_back(&transfer); }

private:
    struct FreeMulti {
        void operator()(CURLM* multi) const noexcept { curl_multi_cleanup(multi); }
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

    Loop& loop_;
    std::vector<Watch> watches_;  // by descriptor
    std::size_t running_ = 0;
    bool closing_ = false;
    std::vector<Transfer*> to_pause_;
    std::unordered_set<std::string> origins_;
    std::unordered_map<std::string, Addresses> known_;
    // Last, so that what its callbacks use is still there while it is cleaned up.
    std::unique_ptr<CURLM, FreeMulti> multi_;
};

}  // namespace runnel::http
