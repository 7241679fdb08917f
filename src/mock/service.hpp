#pragma once

#include <cstddef>
#include <functional>
#include <vector>

#include "mock/counts.hpp"
#include "mock/pauses.hpp"
#include "mock/routes.hpp"

namespace runnel::mock {

/// Told of each request as soon as its headers are in, with the answer it will get.
using Observer = std::function<void(const Request& request, const Answer& answer)>;

/// What the requests of a server share. For the server's thread, but for the counts.
class Service {
public:
    Service(Routes routes, Observer observer)
        : observer_(std::move(observer)), routes_(std::move(routes)), served_(routes_.size()) {}

    /// The answer of the first route that is for \a request; null: there is none. Counts it.
    [[nodiscard]] const Answer* choose(const Request& request) {
        for (std::size_t i = 0; i < routes_.size(); ++i) {
            if (routes_[i].matches(request)) {
                return &routes_[i].answer(served_[i]++);
            }
        }
        return nullptr;
    }

    void tell(const Request& request, const Answer& answer) const {
        if (observer_) {
            observer_(request, answer);
        }
    }

    Counts counts;
    Pauses pauses;

private:
    Observer observer_;
    Routes routes_;
    std::vector<std::size_t> served_;  ///< By each route.
};

}  // namespace runnel::mock
