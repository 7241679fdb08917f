#include "http/request.hpp"

namespace runnel::http {

void Policy::carry_everything_to(std::uint16_t port) {
    routes = RouteRules();
    routes.everything_to = port;
    family = Family::Any;
    public_only = false;
}

}  // namespace runnel::http
