#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "http/multi.hpp"

namespace runnel::http {

/// The multi handles of a client, in generations.
///
/// libcurl 7.88 keeps a permanent DNS entry and an empty bundle of connections for each host, and
/// scans them at every request. Measured CPU time per request: 22 µs with one host, 85 with 1 000,
/// 347 with 10 000; with a new multi every 250 origins it does not grow. So after 250 peers a new
/// multi takes the transfers, unless the maximum number of generations is open; the old one is
/// closed when its last transfer ends, which also closes its idle connections.
class MultiDriver {
public:
    /// \a connections is the maximum number of idle connections of a generation. \a generations is
    /// the maximum number of generations at a time, because slow transfers keep old ones open.
    MultiDriver(Loop& loop, std::size_t connections, std::size_t generations)
        : loop_(loop), connections_(connections), max_generations_(generations) {}

    /// Returns the multi for a transfer to \a peer.
    [[nodiscard]] Multi& for_peer(const Endpoint& peer);
    /// Returns the number of the current generation.
    [[nodiscard]] std::uint64_t generation() const noexcept { return generation_; }
    /// See Multi::learned. Ignored unless \a generation is the current one.
    void learned(std::uint64_t generation, const NamedAddresses& named) {
        if (generation == generation_) {
            generations_.back()->learned(named);
        }
    }
    /// Closes all generations without transfers, and so their idle connections. Returns whether a
    /// generation was closed. Idle connections of a generation with transfers stay open. Must not
    /// be called from a callback of libcurl.
    bool close_idle();
    /// Closes old generations without transfers. Must not be called from a callback of libcurl.
    void sweep();

private:
    Loop& loop_;
    std::size_t connections_;
    std::size_t max_generations_;
    std::uint64_t generation_ = 0;
    std::vector<std::unique_ptr<Multi>> generations_;  // the last one is current
};

}  // namespace runnel::http
