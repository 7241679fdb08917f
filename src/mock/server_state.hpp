#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <utility>
#include <vector>

#include "mock/pauses.hpp"
#include "mock/routes.hpp"

namespace runnel::mock {

/// Statistics of a server. Written by its thread; may be read by any thread.
class Counts {
public:
    [[nodiscard]] std::uint64_t requests() const noexcept { return requests_; }
    /// Requests whose headers were received and whose answer is not sent completely.
    [[nodiscard]] std::size_t in_flight() const noexcept { return in_flight_; }
    /// Largest value of in_flight() so far.
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

/// Called for each request when its headers are received, with the answer it will get.
using Observer = std::function<void(const Request& request, const Answer& answer)>;

/// State that the requests of a server share. For the server's thread, except the counts.
class ServerState {
public:
    ServerState(Routes routes, Observer observer)
        : observer_(std::move(observer)), routes_(std::move(routes)), served_(routes_.size()) {}

    /// Returns the next answer of the first route that matches \a request; null if none does.
    [[nodiscard]] const Answer* choose(const Request& request) {
        for (std::size_t i = 0; i < routes_.size(); ++i) {
            if (routes_[i].matches(request)) {
                return &routes_[i].answer(served_[i]++);
            }
        }
        return nullptr;
    }

    void notify_observer(const Request& request, const Answer& answer) const {
        if (observer_) {
            observer_(request, answer);
        }
    }

    Counts counts;
    Pauses pauses;

private:
    Observer observer_;
    Routes routes_;
    std::vector<std::size_t> served_;  ///< Number of answers by each route.
};

}  // namespace runnel::mock
