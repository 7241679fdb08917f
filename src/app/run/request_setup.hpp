#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "app/options/request_options.hpp"
#include "app/options/transport_options.hpp"
#include "base/result.hpp"
#include "http/request.hpp"
#include "mock/server.hpp"
#include "pipeline/request_maker.hpp"

namespace runnel {

/// How the requests of a run are made and where they go: options resolved against the files and
/// the environment. May be moved, because the policy keeps its address.
struct RequestSetup {
    std::unique_ptr<const http::Policy> policy;  ///< Must outlive the requests, which refer to it.
    RequestDefaults defaults;
    std::unique_ptr<mock::MockServer> mock;  ///< Null without `--mock`.

    /// The port of the mock server; 0 without `--mock`.
    [[nodiscard]] std::uint16_t mock_port() const noexcept { return policy->routes.everything_to; }
};

/// Resolves the options that all commands which make requests share, reads the files that they
/// name and starts the server of `--mock`. \a policy holds the defaults and limits of the command;
/// \a stdin_is_taken as for request_defaults(). Fails with ErrorClass::BadInput.
[[nodiscard]] Result<RequestSetup> prepare_requests(const RequestOptions& requests,
                                                    bool stdin_is_taken,
                                                    const TransportOptions& transport,
                                                    http::Policy policy,
                                                    const std::string& mock_routes);

}  // namespace runnel
