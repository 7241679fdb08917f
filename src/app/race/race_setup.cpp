#include "app/race/race_setup.hpp"

#include <fmt/format.h>

#include <utility>

#include "app/run/mock_network.hpp"

namespace runnel {

namespace {

Error usage(std::string message) { return Error(ErrorClass::BadInput, std::move(message)); }

}  // namespace

Result<void> RaceSetup::settle() {
    options.policy.user_agent = options.requests.user_agent.value_or(options.policy.user_agent);
    options.policy.cookie_file = options.requests.cookie_file;
    Result<void> settled = resolve_transport(options.transport, options.policy);
    if (!settled) {
        return settled;
    }
    Result<RequestDefaults> defaults = request_defaults(options.requests, false);
    if (!defaults) {
        return std::move(defaults).error();
    }
    maker_.emplace(options.policy, *std::move(defaults));
    Result<std::unique_ptr<mock::MockServer>> mock =
        carry_to_mock(options.mock_routes, options.policy);
    if (!mock) {
        return std::move(mock).error();
    }
    mock_ = *std::move(mock);
    return {};
}

Result<void> RaceSetup::add(std::string name, const std::string& url, Extraction extraction,
                            std::vector<Validator> validators) {
    const Result<http::Url> sound = http::Url::parse(url);
    if (!sound) {
        const std::string& why = sound.error().message();  // which names the URL
        return usage(name == http::without_userinfo(url) ? why : fmt::format("{}: {}", name, why));
    }
    Input input = maker_->make(url, "", std::nullopt);
    if (!input.request) {
        return usage(fmt::format("{}: {}", name, input.request.error().message()));
    }
    Source source(std::move(name), *std::move(input.request));
    source.expect = options.expect;
    source.extraction = std::move(extraction);
    source.validators = std::move(validators);
    sources.push_back(std::move(source));
    return {};
}

Result<void> RaceSetup::check() const {
    if (options.rules.quorum > sources.size()) {
        return usage(fmt::format("--quorum: {} equal answers cannot come from {} source{}",
                                 options.rules.quorum, sources.size(),
                                 sources.size() == 1 ? "" : "s"));
    }
    if (options.rules.all && options.rules.quorum > 1) {
        return usage(
            "--all and --quorum exclude each other: --all waits for everybody, and takes "
            "what each says");
    }
    return {};
}

}  // namespace runnel
