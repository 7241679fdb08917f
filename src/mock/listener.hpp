#pragma once

#include <cstdint>
#include <string>

#include "base/result.hpp"
#include "base/unique_fd.hpp"

namespace runnel::mock {

/// A listening TCP socket.
class Listener {
public:
    UniqueFd socket;
    std::string host;  ///< The numeric address, an IPv6 one in brackets.
    std::uint16_t port = 0;
};

/// Listens on `HOST:PORT`. HOST is a name or an address, an IPv6 address in brackets; PORT 0 means
/// any free port. The name look-up blocks. Fails with ErrorClass::BadInput.
[[nodiscard]] Result<Listener> listen_on(const std::string& address);

}  // namespace runnel::mock
