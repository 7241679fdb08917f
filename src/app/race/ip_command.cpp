#include "app/race/ip_command.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <random>
#include <utility>

#include "app/cli/option_table.hpp"
#include "app/race/race_run.hpp"
#include "base/read_file.hpp"
#include "base/write_all.hpp"

namespace runnel {

namespace {

Result<std::vector<Provider>> all_providers(const IpOptions& options) {
    if (options.providers.empty()) {
        return builtin_providers();
    }
    const Result<std::string> text = read_file(options.providers);
    if (!text) {
        return bad_input(fmt::format("--providers: {}", text.error().message()));
    }
    return parse_providers(*text, options.providers == "-" ? "standard input" : options.providers);
}

/// Returns the providers that can report an address of the wanted family.
Result<std::vector<Provider>> usable_providers(const IpOptions& options) {
    RUNNEL_TRY_ASSIGN(std::vector<Provider> providers, all_providers(options));
    const http::Family family = options.race.policy.family;
    std::erase_if(providers,
                  [family](const Provider& provider) { return !provider.serves(family); });
    if (providers.empty()) {
        return bad_input(fmt::format("--providers: none of them reports an {} address",
                                     family == http::Family::IPv4 ? "IPv4" : "IPv6"));
    }
    return providers;
}

/// Logs that a proxy is used, because providers then report the address of the proxy.
void log_proxy(const RacePlan& plan, Log& log) {
    for (const Source& source : plan.sources) {
        const http::Route route = plan.requests.policy->routes.route_of(source.request.url);
        if (route.proxy != nullptr) {
            log.info(fmt::format("the address is that of the proxy {}, which requests go through",
                                 route.proxy->redacted()));
            return;
        }
    }
}

Result<RacePlan> plan_providers(const IpOptions& options, Log& log) {
    RUNNEL_TRY_ASSIGN(std::vector<Provider> providers, usable_providers(options));
    // Spread the load over the providers.
    std::shuffle(providers.begin(), providers.end(), std::minstd_rand(std::random_device()()));
    std::vector<RaceEntry> entries;
    entries.reserve(providers.size());
    for (const Provider& provider : providers) {
        entries.push_back(
            {provider.name, provider.url, provider.extraction(), address_validators(options)});
    }
    RUNNEL_TRY_ASSIGN(RacePlan plan, plan_race(options.race, options.cmd, std::move(entries)));
    plan.about_ip = true;
    log_proxy(plan, log);
    return plan;
}

ExitStatus print_providers(const IpOptions& options, Log& log) {
    const Result<std::vector<Provider>> providers = usable_providers(options);
    if (!providers) {
        return refuse(providers.error(), log);
    }
    std::string lines;
    for (const Provider& provider : *providers) {
        append_json(provider, lines);
    }
    switch (write_all(STDOUT_FILENO, lines)) {
        case 0: return ExitStatus::Success;
        case EPIPE: return ExitStatus::ReaderGone;
        default: log.error("cannot write to stdout"); return ExitStatus::OutputFailed;
    }
}

}  // namespace

void describe_ip(OptionSet& set, IpOptions& options) {
    options.race.rules.stagger = std::chrono::milliseconds(200);
    set.group("Providers");
    OptionSet::file(FileUse::Read, set.name(options::kIpProviders, options.providers));
    set.flag(options::kIpListProviders, options.list_providers);
    set.flag(options::kIpAllowPrivate, options.allow_private);
    describe_race_rules(set, options.race);
}

std::vector<Validator> address_validators(const IpOptions& options) {
    using Kind = Validator::Kind;
    std::vector<Validator> validators;
    const http::Family family = options.race.policy.family;
    if (family != http::Family::Any) {
        validators.emplace_back(family == http::Family::IPv4 ? Kind::Ipv4 : Kind::Ipv6);
    }
    const Kind usual = options.allow_private ? Kind::Ip : Kind::PublicIp;
    validators.push_back(options.race.valid.value_or(Validator(usual)));
    return validators;
}

int run_ip(const IpOptions& options, Log& log, TimePoint started) {
    if (options.list_providers) {
        return static_cast<int>(run_command(log, [&] { return print_providers(options, log); }));
    }
    return run_planned_race(options.race, log, started,
                            [&] { return plan_providers(options, log); });
}

}  // namespace runnel
