// How a Transfer goes through the addresses of its host.

#include <sys/socket.h>

#include "http/multi.hpp"
#include "http/transfer.hpp"

namespace runnel::http {

bool Transfer::reached() const {
    return sent_ || answered_ || connected() || easy_.info<curl_off_t>(CURLINFO_CONNECT_TIME_T) > 0;
}

/// libcurl tells of a connection only when the handshakes with proxies and TLS are done, which may
/// take much longer than the connection itself.
bool Transfer::is_connecting() const {
    sockaddr_storage peer = {};
    socklen_t size = sizeof peer;
    return !ended_ && opened_connection() && !reached() &&
           getpeername(opened_.back(), reinterpret_cast<sockaddr*>(&peer), &size) != 0;
}

void Transfer::connect_to(const IpAddress& address) {
    multi_->remove(*this);
    easy_.opener().prefer(address);
    begin_again();
}

/// Connects to the next address if libcurl failed to connect to the current one with \a code.
bool Transfer::try_next_address(CURLcode code) {
    const bool failed_to_connect =
        code == CURLE_COULDNT_CONNECT || code == CURLE_OPERATION_TIMEDOUT;
    if (!failed_to_connect || error_ || reached() || easy_.opener().shortage() != 0 ||
        !easy_.opener().next()) {
        return false;
    }
    begin_again();
    changed_.set();
    return true;
}

/// Adds the same handle again, which is possible because nothing was sent.
void Transfer::begin_again() {
    socket_ = CURL_SOCKET_BAD;
    opened_.clear();
    multi_->add(*this);
}

}  // namespace runnel::http
