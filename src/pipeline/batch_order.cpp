#include "pipeline/batch_order.hpp"

namespace runnel {

namespace {

/// Takes a batch out of those in flight while this lives.
class OutOfFlight {
public:
    explicit OutOfFlight(InFlight& all) : all_(all) { all_.end(); }
    OutOfFlight(const OutOfFlight&) = delete;
    OutOfFlight& operator=(const OutOfFlight&) = delete;
    ~OutOfFlight() { all_.begin(); }

private:
    InFlight& all_;
};

}  // namespace

void BatchOrder::end(std::uint64_t number) {
    if (open_.erase(number) > 0) {
        ended_.set();
    }
}

Task<void> BatchOrder::turn(std::uint64_t number) {
    if (is_turn(number)) {
        co_return;
    }
    const OutOfFlight waiting(in_flight_);
    while (!is_turn(number)) {
        ended_.clear();
        co_await ended_.wait();
    }
}

}  // namespace runnel
