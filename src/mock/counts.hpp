#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>

namespace runnel::mock {

/// What a server has been asked. Written by its thread, read by any.
class Counts {
public:
    [[nodiscard]] std::uint64_t requests() const noexcept { return requests_; }
    /// Requests whose headers are in and whose answer has not left.
    [[nodiscard]] std::size_t in_flight() const noexcept { return in_flight_; }
    /// The most there ever were.
    [[nodiscard]] std::size_t peak_in_flight() const noexcept { return peak_; }

    void begin() noexcept {
        ++requests_;
        const std::size_t now = ++in_flight_;
        if (now > peak_) {
            peak_ = now;
        }
    }
    void end() noexcept { --in_flight_; }

private:
    std::atomic<std::uint64_t> requests_ = 0;
    std::atomic<std::size_t> in_flight_ = 0;
    std::atomic<std::size_t> peak_ = 0;
};

}  // namespace runnel::mock
