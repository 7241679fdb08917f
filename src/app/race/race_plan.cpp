#include "app/race/race_plan.hpp"

#include <fmt/format.h>

#include <string_view>
#include <unordered_map>
#include <unordered_set>
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

/// Checks names and URLs: each answer must have one name, and a quorum must not count one service
/// twice.
Result<void> check_sources(const std::vector<Source>& sources, std::size_t quorum) {
    std::unordered_set<std::string_view> names;
    std::unordered_map<std::string, std::string_view> urls;
    for (const Source& source : sources) {
        if (!names.insert(source.name).second) {
            return bad_input(fmt::format(
                "two sources are named {}: remove one of them, or rename it with NAME=URL",
                source.name));
        }
        const auto [first, is_new] = urls.try_emplace(source.request.url.redacted(), source.name);
        if (!is_new && quorum > 1) {
            return bad_input(fmt::format(
                "--quorum: {} and {} are the same URL, whose answers always agree: remove one",
                first->second, source.name));
        }
    }
    return {};
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

/// Checks the options of `--change-file`. Refuses a fallback, which is not a value of a source, and
/// `--all`, which prints many values.
Result<void> check_change(const RaceOptions& options, const std::vector<std::string>& cmd) {
    if (options.change_file.empty()) {
        return cmd.empty() ? Result<void>()
                           : bad_input("CMD requires --change-file FILE: it runs for a change");
    }
    if (options.change_file == "-") {
        return bad_input("--change-file: must be a file, because the value is kept in it");
    }
    return options.fallback || options.rules.all
               ? bad_input(fmt::format("--change-file and {} exclude each other",
                                       options.fallback ? "--fallback" : "--all"))
               : Result<void>();
}

}  // namespace

Result<RacePlan> plan_race(const RaceOptions& options, const std::vector<std::string>& cmd,
                           std::vector<RaceEntry> entries) {
    RUNNEL_TRY(check_change(options, cmd));
    RacePlan plan;
    plan.cmd = cmd;
    RUNNEL_TRY_ASSIGN(plan.requests, prepare_requests(options.requests, false, options.transport,
                                                      options.policy, options.mock_routes));
    const RequestMaker maker(*plan.requests.policy, plan.requests.defaults);
    for (RaceEntry& entry : entries) {
        RUNNEL_TRY_ASSIGN(Source source, make_source(maker, options.expect, std::move(entry)));
        plan.sources.push_back(std::move(source));
    }
    plan.rules = options.rules;
    RUNNEL_TRY(check_sources(plan.sources, plan.rules.quorum));
    RUNNEL_TRY(check_rules(plan.rules, plan.sources.size()));
    plan.deadline = options.deadline;
    plan.grace = options.grace;
    plan.fallback = options.fallback;
    plan.fallback_status = static_cast<ExitStatus>(options.fallback_exit);
    plan.json = options.json;
    return plan;
}

}  // namespace runnel
