#include "app/run/mock_network.hpp"

#include <utility>

#include "mock/routes_file.hpp"

namespace runnel {

Result<std::unique_ptr<mock::MockServer>> carry_to_mock(const std::string& routes,
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

}  // namespace runnel
