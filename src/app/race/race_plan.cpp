#include "app/race/race_plan.hpp"

#include <fmt/format.h>

#include <utility>

namespace runnel {

namespace {

Result<Source> make_source(const RequestMaker& maker, const http::StatusSet& expect,
                           RaceEntry entry) {
    const Result<http::Url> url = http::Url::parse(entry.url);
    if (!url) {
        const std::string& why = url.error().message();  // names the URL
        const bool unnamed = entry.name == http::without_userinfo(entry.url);
        return bad_input(unnamed ? why : fmt::format("{}: {}", entry.name, why));
    }
    Input input = maker.make(std::move(entry.url), "", std::nullopt);
    if (!input.request) {
        return bad_input(fmt::format("{}: {}", entry.name, input.request.error().message()));
    }
    Source source(std::move(entry.name), *std::move(input.request));
    source.expect = expect;
    source.extraction = std::move(entry.extraction);
    source.validators = std::move(entry.validators);
    return source;
}

Result<void> check_rules(const RaceRules& rules, std::size_t sources) {
    if (rules.quorum > sources) {
        return bad_input(fmt::format("--quorum: {} equal answers cannot come from {} source{}",
                                     rules.quorum, sources, sources == 1 ? "" : "s"));
    }
    if (rules.all && rules.quorum > 1) {
        return bad_input("--all and --quorum exclude each other: --all prints every answer");
    }
    return {};
}

}  // namespace

Result<RacePlan> plan_race(const RaceOptions& options, std::vector<RaceEntry> entries) {
    RacePlan plan;
    RUNNEL_TRY_ASSIGN(plan.requests, prepare_requests(options.requests, false, options.transport,
                                                      options.policy, options.mock_routes));
    const RequestMaker maker(*plan.requests.policy, plan.requests.defaults);
    for (RaceEntry& entry : entries) {
        RUNNEL_TRY_ASSIGN(Source source, make_source(maker, options.expect, std::move(entry)));
        plan.sources.push_back(std::move(source));
    }
    plan.rules = options.rules;
    RUNNEL_TRY(check_rules(plan.rules, plan.sources.size()));
    plan.deadline = options.deadline;
    plan.grace = options.grace;
    plan.fallback = options.fallback;
    plan.fallback_status = static_cast<ExitStatus>(options.fallback_exit);
    plan.json = options.json;
    return plan;
}

}  // namespace runnel
