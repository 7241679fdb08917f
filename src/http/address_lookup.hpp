#pragma once

#include <utility>
#include <vector>

#include "async/task.hpp"
#include "http/request.hpp"
#include "http/resolver.hpp"
#include "http/route.hpp"

namespace runnel::http {

/// A name on a route and its addresses, for libcurl's cache.
class NamedAddresses {
public:
    NamedAddresses(const Endpoint& where, Addresses found)
        : endpoint(where), addresses(std::move(found)) {}

    Endpoint endpoint;
    Addresses addresses;
};

/// Finds the addresses that a route needs, so that libcurl looks nothing up: those of the proxy, of
/// the target, of both or of none.
class AddressLookup {
public:
    explicit AddressLookup(Resolver& resolver) noexcept : resolver_(resolver) {}

    /// Empty when the route has no names, or only addresses. Only those of the policy's family are
    /// given. Fails with ErrorClass::Dns, or Connect for an address of the other family; where it
    /// is about the proxy with ErrorClass::Proxy; with Timeout after \a attempt_by. Cancelled when
    /// stop is requested. \a route and \a policy must outlive the task.
    [[nodiscard]] Task<Result<std::vector<NamedAddresses>>> find(const Route& route,
                                                                 const Policy& policy,
                                                                 Deadline connect_by,
                                                                 Deadline attempt_by);

private:
    Task<Result<Addresses>> find_one(Endpoint endpoint, const Policy& policy, Deadline connect_by,
                                     Deadline attempt_by);
    Task<Result<Addresses>> ask(Endpoint endpoint, Deadline connect_by, Deadline attempt_by);

    Resolver& resolver_;
};

}  // namespace runnel::http
