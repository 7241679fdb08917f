#include "http/address_race.hpp"

#include <algorithm>
#include <utility>

namespace runnel::http {

std::vector<IpAddress> interleave_families(const std::vector<std::string>& addresses) {
    std::vector<IpAddress> same;
    std::vector<IpAddress> other;
    for (const std::string& text : addresses) {
        const std::optional<IpAddress> address = IpAddress::parse(text);
        if (!address) {
            continue;
        }
        const bool is_same = same.empty() || address->is_ipv4() == same.front().is_ipv4();
        std::vector<IpAddress>& family = is_same ? same : other;
        if (std::ranges::find(family, *address) == family.end()) {
            family.push_back(*address);
        }
    }
    std::vector<IpAddress> all;
    all.reserve(same.size() + other.size());
    for (std::size_t i = 0; i < std::max(same.size(), other.size()); ++i) {
        if (i < same.size()) {
            all.push_back(same[i]);
        }
        if (i < other.size()) {
            all.push_back(other[i]);
        }
    }
    return all;
}

AddressRace::AddressRace(Scheduler& scheduler, std::vector<IpAddress> addresses, Probe probe,
                         std::function<void()> ended)
    : scheduler_(scheduler),
      addresses_(std::move(addresses)),
      probe_(std::move(probe)),
      ended_(std::move(ended)),
      next_(addresses_.begin()),
      next_at_(scheduler.now()) {
    scheduler_.call_at(*this, next_at_);
}

void AddressRace::expire() noexcept {
    const TimePoint now = scheduler_.now();
    const bool failed = drop_ended();
    if (!winner_ && (failed || now >= next_at_)) {
        begin_next(now);
    }
    const bool all_begun = next_ == addresses_.end();
    if (winner_ || (all_begun && attempts_.empty())) {
        attempts_.clear();
        const std::function<void()> ended = std::move(ended_);
        ended();
    } else if (!all_begun) {
        scheduler_.call_at(*this, next_at_);
    }
}

/// Drops failed attempts, and notes the winner. Returns whether an attempt has failed.
bool AddressRace::drop_ended() {
    const auto winner = std::ranges::find_if(
        attempts_, [](const Attempt& each) { return each.probe->result() == 0; });
    if (winner != attempts_.end()) {
        winner_ = winner->address;
    }
    return std::erase_if(attempts_,
                         [](const Attempt& each) { return each.probe->result().has_value(); }) > 0;
}

void AddressRace::begin_next(TimePoint now) {
    while (next_ != addresses_.end()) {
        // The race goes on in a timer, because an attempt must not be destroyed in its callback.
        Result<std::unique_ptr<ConnectProbe>> probe =
            probe_(*next_, [this] { scheduler_.call_at(*this, scheduler_.now()); });
        next_at_ = now + kAttemptDelay;
        if (!probe) {
            return;  // there may be a descriptor later
        }
        const IpAddress address = *next_++;
        const std::optional<int> result = (*probe)->result();
        if (!result) {
            attempts_.push_back({address, std::move(*probe)});
            return;
        }
        if (*result == 0) {
            winner_ = address;
            return;
        }
    }
}

}  // namespace runnel::http
