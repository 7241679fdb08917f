#pragma once

#include <vector>

#include "async/task.hpp"
#include "http/address_lookup.hpp"
#include "http/address_races.hpp"
#include "http/transfer.hpp"

namespace runnel::http {

/// Returns the addresses of \a named to connect to, in order: the one that \a races keeps, then the
/// others with the families alternating. Without those that \a policy forbids, unless it forbids
/// all. Empty if there is one address only, which is left to libcurl.
[[nodiscard]] std::vector<IpAddress> addresses_in_order(const NamedAddresses& named,
                                                        const Policy& policy,
                                                        const AddressRaces& races);

/// Waits until \a transfer, which has begun, is connected or has ended. When its connection to an
/// address of \a endpoint is not made within kAttemptDelay, joins the race between the others, and
/// connects to the winner. Returns the addresses that were raced. Throws Cancelled when stop is
/// requested. All arguments must outlive the task.
[[nodiscard]] Task<std::vector<IpAddress>> race_until_connected(Transfer& transfer,
                                                                AddressRaces& races,
                                                                Endpoint endpoint);

/// Returns \a failure to connect with the addresses in its message.
[[nodiscard]] Error with_tried(const Error& failure, std::vector<IpAddress> tried,
                               const std::vector<IpAddress>& raced);

/// Records what \a transfer, which is connected or has ended, shows about the addresses of \a
/// named.
void keep_what_connects(const Transfer& transfer, const NamedAddresses& named, AddressRaces& races);

}  // namespace runnel::http
