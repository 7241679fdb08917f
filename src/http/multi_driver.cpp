#include "http/multi_driver.hpp"

namespace runnel::http {

namespace {

constexpr std::size_t kOriginsPerGeneration = 250;

}  // namespace

Multi& MultiDriver::for_peer(const Endpoint& peer) {
    const bool is_full =
        generations_.empty() || generations_.back()->note(peer) > kOriginsPerGeneration;
    if (is_full && generations_.size() < max_generations_) {
        generations_.push_back(std::make_unique<Multi>(loop_, connections_));
        generations_.back()->note(peer);
        ++generation_;
    }
    return *generations_.back();
}

bool MultiDriver::close_idle() {
    const std::size_t closed =
        std::erase_if(generations_, [](const auto& multi) { return multi->running() == 0; });
    if (closed > 0) {
        ++generation_;  // the current one may be among them
    }
    return closed > 0;
}

void MultiDriver::sweep() {
    if (generations_.size() > 1) {
        std::erase_if(generations_, [this](const std::unique_ptr<Multi>& multi) {
            return multi != generations_.back() && multi->running() == 0;
        });
    }
}

}  // namespace runnel::http
