#pragma once

#include <functional>
#include <memory>
#include <optional>

#include "base/result.hpp"
#include "io/loop.hpp"
#include "io/socket_address.hpp"

namespace runnel {

/// An attempt to connect, to find out whether an address accepts connections. Nothing is sent.
/// Destroying it closes its socket, whether it is connected or not. An interface, so that tests can
/// decide when an attempt ends.
class ConnectProbe {
public:
    ConnectProbe() = default;
    ConnectProbe(const ConnectProbe&) = delete;
    ConnectProbe& operator=(const ConnectProbe&) = delete;
    virtual ~ConnectProbe() = default;

    /// Returns 0 if it is connected, errno if it failed, and nullopt while it is in progress.
    [[nodiscard]] virtual std::optional<int> result() const noexcept = 0;
};

/// Begins to connect to \a address by TCP. Calls \a ended from the loop when there is a result,
/// unless there is one on return. \a ended may set events, post tasks and arm timers; it must not
/// destroy the probe. \a loop must outlive the probe.
///
/// Fails with ErrorClass::Internal and errno if the system lacks resources for a socket, such as
/// descriptors, which is not a failure of the address.
[[nodiscard]] Result<std::unique_ptr<ConnectProbe>> probe_tcp(Loop& loop,
                                                              const SocketAddress& address,
                                                              std::function<void()> ended);

}  // namespace runnel
