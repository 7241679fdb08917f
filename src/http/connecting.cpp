#include "http/connecting.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "async/context.hpp"
#include "http/address_guard.hpp"

namespace runnel::http {

std::vector<IpAddress> addresses_in_order(const NamedAddresses& named, const Policy& policy,
                                          const AddressRaces& races) {
    std::vector<IpAddress> addresses;
    if (named.addresses->size() < 2) {
        return addresses;
    }
    addresses = interleave_families(*named.addresses);
    if (policy.public_only) {
        const IpAddress first = addresses.front();
        std::erase_if(addresses, [](const IpAddress& each) { return !is_public(each); });
        // If all are forbidden, SocketOpener refuses one by name. With more than two, libcurl 7.88
        // would wait until the connect timeout.
        if (addresses.empty()) {
            addresses.push_back(first);
        }
    }
    if (const std::optional<IpAddress> kept = races.kept(named.endpoint, addresses)) {
        const auto place = std::ranges::find(addresses, *kept);
        std::rotate(addresses.begin(), place, place + 1);
    }
    return addresses;
}

Task<std::vector<IpAddress>> race_until_connected(Transfer& transfer, AddressRaces& races,
                                                  Endpoint endpoint) {
    const Context& context = co_await this_task::context();
    std::vector<IpAddress> raced;
    std::optional<AddressRaces::Seat> seat;
    Deadline next = Deadline::after(context.scheduler->now(), kAttemptDelay);
    while (!transfer.ended() && !transfer.reached()) {
        transfer.changed().clear();
        const bool changed = co_await transfer.changed().wait_until(next);
        next = Deadline::after(context.scheduler->now(), kAttemptDelay);
        if (seat) {
            raced = seat->tried();
        }
        const std::vector<IpAddress>& addresses = transfer.addresses();
        if (!transfer.is_connecting() || addresses.size() < 2) {
            continue;
        }
        const std::optional<IpAddress> kept = races.kept(endpoint, addresses);
        if (kept && *kept != addresses.front()) {
            seat.reset();
            transfer.connect_to(*kept);
        } else if (!changed && !seat) {
            std::vector<IpAddress> others(addresses.begin() + 1, addresses.end());
            seat.emplace(races, endpoint, std::move(others), transfer.changed());
        }
    }
    co_return raced;
}

Error with_tried(const Error& failure, std::vector<IpAddress> tried,
                 const std::vector<IpAddress>& raced) {
    const bool is_connect =
        failure.error_class() == ErrorClass::Connect || failure.error_class() == ErrorClass::Proxy;
    if (!is_connect) {
        return failure;
    }
    std::string texts;
    tried.insert(tried.end(), raced.begin(), raced.end());
    for (auto each = tried.begin(); each != tried.end(); ++each) {
        if (std::find(tried.begin(), each, *each) == each) {
            texts += (texts.empty() ? "" : ", ") + each->to_string();
        }
    }
    if (texts.empty()) {
        return failure;
    }
    return Error(failure.error_class(), fmt::format("{} (tried {})", failure.message(), texts),
                 failure.code());
}

void keep_what_connects(const Transfer& transfer, const NamedAddresses& named,
                        AddressRaces& races) {
    if (!transfer.opened_connection() || transfer.addresses().empty()) {
        return;
    }
    const IpAddress& address = transfer.addresses().front();
    const bool is_first = address == IpAddress::parse(named.addresses->front());
    if (transfer.reached() && !is_first) {
        races.keep(named.endpoint, address);
    } else {
        races.forget(named.endpoint);
    }
}

}  // namespace runnel::http
