#pragma once

#include <optional>
#include <string>

#include "app/cli/option_set.hpp"
#include "base/result.hpp"
#include "http/request.hpp"

namespace runnel {

/// Options about connections that are resolved later.
struct TransportOptions {
    std::optional<std::string> proxy;  ///< `-x`; if not set, the environment decides.
};

/// Describes the options about redirects, proxies, TLS and connections to \a command, which fills
/// \a options and \a policy in while it parses. All must live until then.
void describe_transport(OptionSet& set, TransportOptions& options, http::Policy& policy);

/// Completes \a policy after parsing: finds the proxies, also those of the environment, and checks
/// that the options are consistent and their files readable. Fails with ErrorClass::BadInput,
/// naming the option or variable.
[[nodiscard]] Result<void> resolve_transport(const TransportOptions& options, http::Policy& policy);

}  // namespace runnel
