#pragma once

#include <utility>
#include <vector>

#include "async/task.hpp"
#include "http/request.hpp"
#include "http/resolver.hpp"
#include "http/route.hpp"

namespace runnel::http {

/// A host and port of a route with its addresses, for libcurl's DNS cache.
class NamedAddresses {
public:
    NamedAddresses(const Endpoint& where, Addresses found)
        : endpoint(where), addresses(std::move(found)) {}

    Endpoint endpoint;
    Addresses addresses;
};

/// Resolves the names of a route (proxy, target, both or neither), so that libcurl does not.
class AddressLookup {
public:
    explicit AddressLookup(Resolver& resolver) noexcept : resolver_(resolver) {}

    /// Returns the addresses of the policy's family, for each name on \a route. Fails with
    /// ErrorClass::Dns, with Connect if the only address is of the other family, with Proxy if
    /// either concerns the proxy, and with Timeout after \a attempt_by. Throws Cancelled when stop
    /// is requested. \a route and \a policy must outlive the task.
    [[nodiscard]] Task<Result<std::vector<NamedAddresses>>> find(const Route& route,
                                                                 const Policy& policy,
                                                                 Deadline connect_by,
                                                                 Deadline attempt_by);

private:
    Task<Result<Addresses>> find_one(Endpoint endpoint, const Policy& policy, Deadline connect_by,
                                     Deadline attempt_by);
    Task<Result<Addresses>> ask(Endpoint endpoint, const Policy& policy, Deadline connect_by,
                                Deadline attempt_by);

    Resolver& resolver_;
};

}  // namespace runnel::http
