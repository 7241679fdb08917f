#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "base/unique_fd.hpp"

namespace runnel::mock {

/// A TCP socket that listens.
class Listener {
public:
    UniqueFd socket;
    std::string host;  ///< The numeric address, an IPv6 one in brackets.
    std::uint16_t port = 0;
};

/// Listens on `HOST:PORT`. HOST is a name or an address, an IPv6 one in brackets; PORT 0 is any
/// that is free. Looking the name up blocks. A failure is ErrorClass::BadInput and names the
/// address.
[[nodiscard]] Result<Listener> listen_on(const std::string& address);

}  // namespace runnel::mock
