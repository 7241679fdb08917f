#include "app/run/mock_network.hpp"

#include <utility>

#include "mock/routes_file.hpp"

namespace runnel {

Result<std::unique_ptr<mock::MockServer>> carry_to_mock(const std::string& routes,
                                                        http::Policy& policy) {
    if (routes.empty()) {
        return std::unique_ptr<mock::MockServer>();
    }
    Result<mock::Routes> loaded = mock::load_routes(routes);
    if (!loaded) {
        return std::move(loaded).error();
    }
    Result<mock::Listener> listener = mock::listen_on("127.0.0.1:0");
    if (!listener) {
        return std::move(listener).error();
    }
    auto server = std::make_unique<mock::MockServer>(*std::move(listener), *std::move(loaded));
    policy.carry_everything_to(server->port());
    return server;
}

}  // namespace runnel
