#include "mock/listener.hpp"

#include <fmt/format.h>
#include <netdb.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <memory>
#include <optional>
#include <system_error>

#include "base/system_error.hpp"
#include "base/text.hpp"

namespace runnel::mock {

namespace {

/// Maximum number of pending connections; the system may allow fewer (net.core.somaxconn).
constexpr int kBacklog = 4096;

struct HostAndPort {
    std::string host;
    std::string port;
};

std::optional<HostAndPort> split(std::string_view address) {
    const std::size_t colon = address.rfind(':');
    if (colon == std::string_view::npos) {
        return std::nullopt;
    }
    const std::string_view host = address.substr(0, colon);
    const std::string_view port = address.substr(colon + 1);
    std::uint16_t number = 0;
    const char* end = port.data() + port.size();
    const auto [stopped, error] = std::from_chars(port.data(), end, number);
    if (error != std::errc() || stopped != end) {
        return std::nullopt;
    }
    std::string_view bare = without_brackets(host);
    if (bare.empty() || (bare == host && host.find(':') != std::string_view::npos)) {
        return std::nullopt;
    }
    if (bare == "localhost") {
        bare = "127.0.0.1";  // RFC 6761; /etc/hosts may not contain it
    }
    return HostAndPort{std::string(bare), std::string(port)};
}

Error cannot_listen(const std::string& address, std::string_view why, int code) {
    return bad_input(fmt::format("cannot listen on {}: {}", address, why), code);
}

Error failed_call(const std::string& address) {
    const int error = errno;
    return cannot_listen(address, system_message(error), error);
}

using AddressList = std::unique_ptr<addrinfo, decltype(&freeaddrinfo)>;

Result<AddressList> look_up(const HostAndPort& wanted, const std::string& address) {
    addrinfo hints = {};
    hints.ai_socktype = SOCK_STREAM;
    hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV;
    addrinfo* found = nullptr;
    const int status = getaddrinfo(wanted.host.c_str(), wanted.port.c_str(), &hints, &found);
    if (status != 0) {
        return cannot_listen(address, gai_strerror(status), 0);
    }
    return AddressList(found, &freeaddrinfo);
}

/// Sets host and port to the actual address of the socket.
bool read_name(Listener& listener) {
    sockaddr_storage name = {};
    socklen_t size = sizeof name;
    auto* generic = reinterpret_cast<sockaddr*>(&name);
    std::array<char, NI_MAXHOST> host = {};
    if (::getsockname(listener.socket.get(), generic, &size) != 0 ||
        ::getnameinfo(generic, size, host.data(), host.size(), nullptr, 0, NI_NUMERICHOST) != 0) {
        return false;
    }
    const bool is_ipv6 = name.ss_family == AF_INET6;
    listener.host = is_ipv6 ? fmt::format("[{}]", host.data()) : std::string(host.data());
    listener.port = ntohs(is_ipv6 ? reinterpret_cast<sockaddr_in6*>(&name)->sin6_port
                                  : reinterpret_cast<sockaddr_in*>(&name)->sin_port);
    return true;
}

}  // namespace

Result<Listener> listen_on(const std::string& address) {
    const std::optional<HostAndPort> wanted = split(address);
    if (!wanted) {
        return cannot_listen(address, "use HOST:PORT such as 127.0.0.1:8080 or [::1]:0", 0);
    }
    RUNNEL_TRY_ASSIGN(const AddressList found, look_up(*wanted, address));
    const addrinfo& first = *found;
    Listener listener;
    listener.socket =
        UniqueFd(::socket(first.ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    const int yes = 1;
    if (!listener.socket ||
        ::setsockopt(listener.socket.get(), SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes) != 0 ||
        ::bind(listener.socket.get(), first.ai_addr, first.ai_addrlen) != 0 ||
        ::listen(listener.socket.get(), kBacklog) != 0 || !read_name(listener)) {
        return failed_call(address);
    }
    return listener;
}

}  // namespace runnel::mock
