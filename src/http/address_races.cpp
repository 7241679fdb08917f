#include "http/address_races.hpp"

#include <algorithm>
#include <utility>

#include "base/ensure.hpp"

namespace runnel::http {

namespace {

/// Maximum of kept addresses. More are needed only if the first addresses of so many hosts fail.
constexpr std::size_t kMaxKept = 4096;

SocketAddress with_port(const IpAddress& address, std::uint16_t port) {
    const Result<std::vector<SocketAddress>> found =
        SocketAddress::of_host(address.to_string(), port);
    RUNNEL_ENSURE(found.ok(), "an IpAddress has no SocketAddress");
    return found->front();
}

}  // namespace

/// A race and the events of the transfers that wait for it.
struct AddressRaces::Shared {
    Shared(AddressRaces& all, const Endpoint& endpoint, std::vector<IpAddress> addresses)
        : races(all),
          key(to_string(endpoint)),
          race(
              all.scheduler_, std::move(addresses),
              [&probe = all.probe_, port = endpoint.port](const IpAddress& address,
                                                          std::function<void()> ended) {
                  return probe(with_port(address, port), std::move(ended));
              },
              [this] { end(); }) {}
    Shared(const Shared&) = delete;
    Shared& operator=(const Shared&) = delete;
    ~Shared() { leave(); }

    void end() {
        leave();
        if (!race.winner()) {
            return;  // the transfers wait for their own connections
        }
        races.keep_as(key, *race.winner());
        for (Event* event : waiting) {
            event->set();
        }
    }
    /// Lets the next transfer begin another race.
    void leave() {
        if (std::exchange(running, false)) {
            races.running_.erase(key);
        }
    }

    AddressRaces& races;
    std::string key;
    bool running = true;
    std::vector<Event*> waiting;
    AddressRace race;
};

AddressRaces::AddressRaces(Scheduler& scheduler, Probe probe)
    : scheduler_(scheduler), probe_(std::move(probe)) {}

AddressRaces::~AddressRaces() {
    RUNNEL_ENSURE(running_.empty(), "AddressRaces were destroyed while tasks hold seats");
}

std::optional<IpAddress> AddressRaces::kept(const Endpoint& endpoint,
                                            const std::vector<IpAddress>& addresses) const {
    if (kept_.empty()) {
        return std::nullopt;
    }
    const auto found = kept_.find(to_string(endpoint));
    const bool fits =
        found != kept_.end() && std::ranges::find(addresses, found->second) != addresses.end();
    return fits ? std::optional(found->second) : std::nullopt;
}

void AddressRaces::keep(const Endpoint& endpoint, const IpAddress& address) {
    keep_as(to_string(endpoint), address);
}

void AddressRaces::keep_as(const std::string& key, const IpAddress& address) {
    if (kept_.size() >= kMaxKept && !kept_.contains(key)) {
        kept_.erase(kept_.begin());
    }
    kept_.insert_or_assign(key, address);
}

void AddressRaces::forget(const Endpoint& endpoint) {
    if (!kept_.empty()) {
        kept_.erase(to_string(endpoint));
    }
}

std::shared_ptr<AddressRaces::Shared> AddressRaces::join(const Endpoint& endpoint,
                                                         std::vector<IpAddress> addresses) {
    const auto found = running_.find(to_string(endpoint));
    if (found != running_.end()) {
        return found->second.lock();
    }
    auto shared = std::make_shared<Shared>(*this, endpoint, std::move(addresses));
    running_.emplace(shared->key, shared);
    return shared;
}

AddressRaces::Seat::Seat(AddressRaces& races, const Endpoint& endpoint,
                         std::vector<IpAddress> addresses, Event& decided)
    : shared_(races.join(endpoint, std::move(addresses))), decided_(decided) {
    shared_->waiting.push_back(&decided_);
}

AddressRaces::Seat::~Seat() { std::erase(shared_->waiting, &decided_); }

std::vector<IpAddress> AddressRaces::Seat::tried() const { return shared_->race.tried(); }

}  // namespace runnel::http
