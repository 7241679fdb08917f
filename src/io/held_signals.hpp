#pragma once

#include <csignal>
#include <optional>

#include "base/unique_fd.hpp"

namespace runnel {

/// Holds SIGINT, SIGTERM and SIGHUP back from this thread while this lives, for work without a
/// loop. Process 1 of a container would otherwise ignore them. A SIGHUP that is ignored stays
/// ignored.
class HeldSignals {
public:
    /// Throws std::system_error if the system lacks a descriptor for it.
    HeldSignals();
    HeldSignals(const HeldSignals&) = delete;
    HeldSignals& operator=(const HeldSignals&) = delete;
    /// Unblocks the signals. Those that have arrived and were not taken are delivered then.
    ~HeldSignals();

    /// Returns a descriptor that is readable when a signal has arrived.
    [[nodiscard]] int descriptor() const noexcept { return arrived_.get(); }
    /// Returns the next signal that has arrived, without waiting.
    [[nodiscard]] std::optional<int> take() noexcept;

private:
    sigset_t before_;
    UniqueFd arrived_;
};

}  // namespace runnel
