#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "http/multi.hpp"

namespace runnel::http {

/// The multi handles of a client, one generation after another.
///
/// libcurl 7.88 never forgets a host: what it keeps of each (a permanent DNS entry, an empty bundle
/// of connections) is walked at every request. Measured CPU per request: 22 µs with one host, 85
/// with 1 000, 347 with 10 000; with a new multi every 250 origins it stays where it began.
/// So a multi that has seen enough origins takes no more transfers and is closed once its last one
/// has ended; what it costs is the idle connections of the old generation.
class MultiDriver {
public:
    /// \a connections: how many a generation keeps open; \a generations: how many there may be at a
    /// time, because a slow transfer keeps an old one, and its idle connections, alive.
    MultiDriver(Loop& loop, std::size_t connections, std::size_t generations)
        : loop_(loop), connections_(connections), most_(generations) {}

    /// The multi that a transfer to \a peer shall run on.
    [[nodiscard]] Multi& for_peer(const Endpoint& peer);
    /// The number of the current generation.
    [[nodiscard]] std::uint64_t generation() const noexcept { return generation_; }
    /// See Multi::learned; of no use any more unless \a generation is current.
    void learned(std::uint64_t generation, const NamedAddresses& named) {
        if (generation == generation_) {
            generations_.back()->learned(named);
        }
    }
    /// Closes generations that are over. Not from inside a callback of libcurl.
    void sweep();

private:
    Loop& loop_;
    std::size_t connections_;
    std::size_t most_;
    std::uint64_t generation_ = 0;
    std::vector<std::unique_ptr<Multi>> generations_;  // the last one is current
};

}  // namespace runnel::http
