#include "app/run/request_setup.hpp"

#include <utility>

#include "app/run/mock_network.hpp"

namespace runnel {

Result<RequestSetup> prepare_requests(const RequestOptions& requests, bool stdin_is_taken,
                                      const TransportOptions& transport, http::Policy policy,
                                      const std::string& mock_routes) {
    RequestSetup setup;
    policy.user_agent = requests.user_agent.value_or("runnel/" RUNNEL_VERSION);
    policy.cookie_file = requests.cookie_file;
    RUNNEL_TRY(resolve_transport(transport, policy));
    RUNNEL_TRY_ASSIGN(setup.defaults, request_defaults(requests, stdin_is_taken));
    RUNNEL_TRY_ASSIGN(setup.mock, carry_to_mock(mock_routes, policy));
    setup.policy = std::make_unique<const http::Policy>(std::move(policy));
    return setup;
}

}  // namespace runnel
