#include "http/multi.hpp"

#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "base/ensure.hpp"
#include "base/out_of_memory.hpp"
#include "http/curl_error.hpp"
#include "http/curl_features.hpp"
#include "http/transfer.hpp"
#include "io/system_calls.hpp"

namespace runnel::http {

Multi::Multi(Loop& loop, std::size_t connections) : loop_(loop), multi_(curl_multi_init()) {
    if (!multi_) {
        out_of_memory();
    }
    const auto set = [this](CURLMoption option, auto value) {
        require_curl(curl_multi_setopt(multi_.get(), option, value), "curl_multi_setopt");
    };
    set(CURLMOPT_SOCKETFUNCTION, &Multi::on_socket);
    set(CURLMOPT_SOCKETDATA, this);
    set(CURLMOPT_TIMERFUNCTION, &Multi::on_timer);
    set(CURLMOPT_TIMERDATA, this);
    set(CURLMOPT_MAXCONNECTS, static_cast<long>(connections));
    if (!has_independent_streams()) {
        // Otherwise a paused response stops all others of its connection, which can deadlock the
        // reader.
        set(CURLMOPT_PIPELINING, CURLPIPE_NOTHING);
    }
}

Multi::~Multi() {
    RUNNEL_ENSURE(running_ == 0, "a Multi was destroyed while transfers run on it");
    // libcurl requests watches even while it closes its connections.
    closing_ = true;
    multi_.reset();
    loop_.cancel(*this);
}

void Multi::add(Transfer& transfer) {
    CURL* easy = transfer.easy();
    require_curl(curl_easy_setopt(easy, CURLOPT_CLOSESOCKETFUNCTION, &Multi::on_close),
                 "curl_easy_setopt");
    require_curl(curl_easy_setopt(easy, CURLOPT_CLOSESOCKETDATA, this), "curl_easy_setopt");
    if (!transfer.is_plaintext()) {
        read_limit_.apply(easy, transfer.through_tls());
    }
    if (transfer.may_use_http2()) {
        StreamEnds::trace(easy, stream_ends_);
    }
    transfer.started(*this);
    ++running_;
    require_curl(curl_multi_add_handle(multi_.get(), easy), "curl_multi_add_handle");
}

void Multi::remove(Transfer& transfer) {
    --running_;
    std::erase(to_pause_, &transfer);
    require_curl(curl_multi_remove_handle(multi_.get(), transfer.easy()),
                 "curl_multi_remove_handle");
    // The handle may outlive this.
    require_curl(curl_easy_setopt(transfer.easy(), CURLOPT_VERBOSE, 0L), "curl_easy_setopt");
    transfer.set_stream_end(stream_ends_.take(transfer.easy()));
    // libcurl does not call on_socket() if other transfers share the connection.
    if (transfer.socket() != CURL_SOCKET_BAD && at(transfer.socket()).transfer == &transfer) {
        at(transfer.socket()).transfer = nullptr;
    }
}

std::size_t Multi::note(const Endpoint& peer) {
    if (seen_.find(peer) == seen_.end()) {
        seen_.emplace(Seen{std::string(peer.host), peer.port}, Addresses());
    }
    return seen_.size();
}

bool Multi::knows(const NamedAddresses& named) const {
    const auto seen = seen_.find(named.endpoint);
    return seen != seen_.end() && seen->second &&
           (seen->second == named.addresses || *seen->second == *named.addresses);
}

void Multi::learned(const NamedAddresses& named) {
    note(named.endpoint);
    seen_.find(named.endpoint)->second = named.addresses;
}

int Multi::on_socket(CURL* easy, curl_socket_t socket, int what, void* self,
                     void* /*unused*/) noexcept {
    auto* multi = static_cast<Multi*>(self);
    if (what == CURL_POLL_REMOVE) {
        multi->unwatch(socket);
    } else if (!multi->closing_) {
        multi->watch(Transfer::find(easy), socket, what);
    }
    return 0;
}

int Multi::on_timer(CURLM* /*multi*/, long milliseconds, void* self) noexcept {
    auto* multi = static_cast<Multi*>(self);
    if (milliseconds < 0 || multi->closing_) {
        multi->loop_.cancel(*multi);
    } else {
        // Even for 0, because libcurl must not be called from here.
        multi->loop_.call_at(*multi, multi->loop_.now() + std::chrono::milliseconds(milliseconds));
    }
    return 0;
}

/// Closes a connection for libcurl, so that the watch can be removed before.
int Multi::on_close(void* self, curl_socket_t socket) noexcept {
    auto* multi = static_cast<Multi*>(self);
    multi->forget_port(socket);
    Watch& watch = multi->at(socket);
    watch.watcher.reset();
    watch.transfer = nullptr;
    return ::close(socket);
}

Multi::Watch& Multi::at(curl_socket_t socket) {
    const auto slot = static_cast<std::size_t>(socket);
    if (slot >= watches_.size()) {
        watches_.resize(slot + 1);
    }
    return watches_[slot];
}

void Multi::watch(Transfer* transfer, curl_socket_t socket, int what) {
    Watch& watch = at(socket);
    if (!watch.watcher) {
        watch.watcher = std::make_unique<SocketWatcher>(loop_, socket, listener());
    }
    watch.transfer = transfer;
    if (transfer != nullptr) {
        transfer->use_socket(socket);
    }
    watch.watcher->want((what & CURL_POLL_IN) != 0, (what & CURL_POLL_OUT) != 0);
}

/// After a response the connection stays open for the next request and is closed by on_close(), so
/// the watch can stay. Before, libcurl may close the socket without a callback (7.88 does so after
/// a failed connection attempt), and the descriptor may be reused at once.
void Multi::unwatch(curl_socket_t socket) {
    Watch& watch = at(socket);
    if (watch.transfer != nullptr && watch.transfer->answered() && watch.watcher) {
        watch.watcher->want(false, false);
    } else {
        watch.watcher.reset();
    }
    watch.transfer = nullptr;
}

void Multi::on_ready(int socket, Readiness readiness) noexcept {
    Transfer* const transfer = at(socket).transfer;
    const bool is_its_own = transfer != nullptr && !transfer->over_http2();
    if (is_its_own && readiness.readable) {
        transfer->touch();
    }
    if (!readiness.failed) {
        act(socket, (readiness.readable ? CURL_CSELECT_IN : 0) |
                        (readiness.writable ? CURL_CSELECT_OUT : 0));
        if (is_its_own && readiness.writable) {
            transfer->touch_if_sent();
        }
        return;
    }
    // With the error alone libcurl fails at once and drops data received before the reset.
    act(socket, CURL_CSELECT_IN | CURL_CSELECT_OUT | CURL_CSELECT_ERR);
    if (SocketWatcher* watcher = at(socket).watcher.get()) {
        watcher->renew();
    }
}

void Multi::expire() noexcept { act(CURL_SOCKET_TIMEOUT, 0); }

void Multi::act(curl_socket_t socket, int flags) {
    int running = 0;
    read_limit_.renew();
    require_curl(curl_multi_socket_action(multi_.get(), socket, flags, &running),
                 "curl_multi_socket_action");
    drain();
    std::vector<Transfer*> to_pause;
    to_pause.swap(to_pause_);
    for (Transfer* transfer : to_pause) {
        transfer->pause();
    }
}

void Multi::connected(curl_socket_t socket, int local_port) {
    forget_port(socket);
    at(socket).local_port = local_port;
    by_port_.emplace(local_port, socket);
}

void Multi::forget_port(curl_socket_t socket) {
    const int port = std::exchange(at(socket).local_port, kNoPort);
    const auto [first, last] = by_port_.equal_range(port);
    const auto found =
        std::find_if(first, last, [socket](const auto& entry) { return entry.second == socket; });
    if (found != last) {
        by_port_.erase(found);
    }
}

/// Connections to several hosts may have the same local port. One that a transfer waits for is in
/// use, so it is not the kept connection, and is skipped.
bool Multi::has_surplus(int local_port) const {
    const auto [first, last] = by_port_.equal_range(local_port);
    return std::any_of(first, last, [this](const auto& entry) {
        char byte = 0;
        return watches_[static_cast<std::size_t>(entry.second)].transfer == nullptr &&
               (recv(entry.second, &byte, 1, MSG_PEEK | MSG_DONTWAIT) >= 0 || errno != EAGAIN);
    });
}

bool Multi::has_ended(curl_socket_t socket) {
    if (socket == CURL_SOCKET_BAD || !at(socket).watcher) {
        return true;
    }
    pollfd ended = {socket, system_calls::kPeerClosed, 0};
    return poll(&ended, 1, 0) != 0;
}

void Multi::drain() {
    int left = 0;
    while (const CURLMsg* message = curl_multi_info_read(multi_.get(), &left)) {
        if (message->msg != CURLMSG_DONE) {
            continue;
        }
        // remove() invalidates the message.
        const CURLcode code = message->data.result;
        Transfer& transfer = *Transfer::find(message->easy_handle);
        remove(transfer);
        transfer.finished(code);
    }
}

}  // namespace runnel::http
