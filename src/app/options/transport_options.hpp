#pragma once

#include <optional>
#include <string>

#include "app/cli/option_set.hpp"
#include "base/result.hpp"
#include "http/request.hpp"

namespace runnel {

/// What was said about connections and is no rule for requests yet.
struct TransportOptions {
    std::optional<std::string> proxy;  ///< `-x`; without it the environment decides.
};

/// Describes the options about redirects, proxies, TLS and connections to \a command, which fills
/// \a options and \a policy in while it parses. All must live until then.
void describe_transport(OptionSet& set, TransportOptions& options, http::Policy& policy);

/// After the options were parsed and before anything starts: finds the proxies, also those that the
/// environment names, and makes sure that what was asked for fits together and is there. Fails with
/// ErrorClass::BadInput, naming the option or variable.
[[nodiscard]] Result<void> resolve_transport(const TransportOptions& options, http::Policy& policy);

}  // namespace runnel
