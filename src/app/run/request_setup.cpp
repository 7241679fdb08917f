#include "app/run/request_setup.hpp"

#include <utility>

#include "mock/routes_file.hpp"

namespace runnel {

namespace {

/// Starts a server with the routes of the file \a routes (`-` means stdin), and makes \a policy
/// send all requests to it. Returns null if \a routes is empty.
Result<std::unique_ptr<mock::MockServer>> start_mock(const std::string& routes,
                                                     http::Policy& policy) {
    if (routes.empty()) {
        return std::unique_ptr<mock::MockServer>();
    }
    RUNNEL_TRY_ASSIGN(mock::Routes loaded, mock::load_routes(routes));
    RUNNEL_TRY_ASSIGN(mock::Listener listener, mock::listen_on("127.0.0.1:0"));
    auto server = std::make_unique<mock::MockServer>(std::move(listener), std::move(loaded));
    policy.carry_everything_to(server->port());
    return server;
}

}  // namespace

Result<RequestSetup> prepare_requests(const RequestOptions& requests, bool stdin_is_taken,
                                      const TransportOptions& transport, http::Policy policy,
                                      const std::string& mock_routes) {
    RequestSetup setup;
    policy.user_agent = requests.user_agent.value_or("runnel/" RUNNEL_VERSION);
    policy.cookie_file = requests.cookie_file;
    RUNNEL_TRY(resolve_transport(transport, policy));
    RUNNEL_TRY_ASSIGN(setup.defaults, request_defaults(requests, stdin_is_taken));
    RUNNEL_TRY_ASSIGN(setup.mock, start_mock(mock_routes, policy));
    setup.policy = std::make_unique<const http::Policy>(std::move(policy));
    return setup;
}

}  // namespace runnel
