#include "http/address_lookup.hpp"

#include <curl/curl.h>
#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <string>

#include "async/timeout.hpp"
#include "http/shortage.hpp"

namespace runnel::http {

namespace {

bool is_of(const std::string& address, Family family) {
    const bool ipv6 = address.find(':') != std::string::npos;
    return family == Family::Any || ipv6 == (family == Family::IPv6);
}

const char* name_of(Family family) { return family == Family::IPv6 ? "IPv6" : "IPv4"; }

Result<Addresses> only(Family family, const Endpoint& endpoint, Addresses all) {
    const auto fits = [family](const std::string& address) { return is_of(address, family); };
    if (std::ranges::all_of(*all, fits)) {
        return all;
    }
    std::vector<std::string> some;
    std::ranges::copy_if(*all, std::back_inserter(some), fits);
    if (some.empty()) {
        return lookup_error(std::string(endpoint.host),
                            fmt::format("has no {} address", name_of(family)));
    }
    return std::make_shared<const std::vector<std::string>>(std::move(some));
}

Error to_proxy_error(const Error& failure) {
    if (failure.error_class() == ErrorClass::Timeout || is_shortage(failure)) {
        return failure;
    }
    const bool unknown = failure.code() == CURLE_COULDNT_RESOLVE_HOST;
    return Error(ErrorClass::Proxy, fmt::format("proxy: {}", failure.message()),
                 unknown ? CURLE_COULDNT_RESOLVE_PROXY : failure.code());
}

}  // namespace

Task<Result<std::vector<NamedAddresses>>> AddressLookup::find(const Route& route,
                                                              const Policy& policy,
                                                              Deadline connect_by,
                                                              Deadline attempt_by) {
    std::vector<NamedAddresses> all;
    if (route.proxy != nullptr) {
        const Endpoint proxy = route.first_hop();
        Result<Addresses> found = co_await find_one(proxy, policy, connect_by, attempt_by);
        if (!found) {
            co_return to_proxy_error(found.error());
        }
        if (*found) {
            all.emplace_back(proxy, std::move(*found));
        }
    }
    if (route.needs_target_address()) {
        RUNNEL_CO_TRY_ASSIGN(Addresses found,
                             co_await find_one(route.target, policy, connect_by, attempt_by));
        if (found) {
            all.emplace_back(route.target, std::move(found));
        }
    }
    co_return all;
}

/// Null if the host is a numeric address.
Task<Result<Addresses>> AddressLookup::find_one(Endpoint endpoint, const Policy& policy,
                                                Deadline connect_by, Deadline attempt_by) {
    Addresses addresses = policy.routes.pinned_for(endpoint);
    if (!addresses) {
        if (Resolver::is_numeric(endpoint.host)) {
            if (!is_of(std::string(endpoint.host), policy.family)) {
                co_return Error(
                    ErrorClass::Connect,
                    fmt::format("{} is not an {} address", endpoint.host, name_of(policy.family)),
                    CURLE_COULDNT_CONNECT);
            }
            co_return Addresses();
        }
        RUNNEL_CO_TRY_ASSIGN(addresses, co_await ask(endpoint, policy, connect_by, attempt_by));
    }
    co_return only(policy.family, endpoint, std::move(addresses));
}

Task<Result<Addresses>> AddressLookup::ask(Endpoint endpoint, const Policy& policy,
                                           Deadline connect_by, Deadline attempt_by) {
    const Deadline by = Deadline::earlier(connect_by, attempt_by);
    const auto cached = policy.fresh_names ? Resolver::Cached::Ignore : Resolver::Cached::Use;
    Task<Result<Addresses>> lookup = resolver_.resolve(std::string(endpoint.host), cached);
    std::optional<Result<Addresses>> found = co_await timeout(std::move(lookup), by);
    if (found) {
        co_return std::move(*found);
    }
    const Context& context = co_await this_task::context();
    const bool attempt_over = attempt_by.passed(context.scheduler->now());
    co_return Error(attempt_over ? ErrorClass::Timeout : ErrorClass::Dns,
                    fmt::format("{}: the name look-up timed out", endpoint.host),
                    CURLE_OPERATION_TIMEDOUT);
}

}  // namespace runnel::http
