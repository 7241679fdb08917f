#include "app/race/ip_command.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <random>
#include <utility>

#include "app/race/race_run.hpp"
#include "app/race/race_setup.hpp"
#include "app/run/command_run.hpp"
#include "app/run/run_context.hpp"
#include "base/read_file.hpp"
#include "base/write_all.hpp"

namespace runnel {

namespace {

constexpr OptionText kProviders = {
    "--providers", "FILE", "Ask the providers in FILE instead of the built-in ones",
    "Ask the providers in FILE (JSON, one on each line; `-` is stdin) instead of the built-in "
    "ones."};
constexpr OptionText kListProviders = {
    "--list-providers", "", "Print the providers and ask none",
    "Print the providers in the format of such a file, and ask none. With `-4` or `-6`, those that "
    "serve such an address."};
constexpr OptionText kAllowPrivate = {"--allow-private", "",
                                      "Accept any address, not only a public one"};

Result<std::vector<Provider>> providers_of(const IpOptions& options) {
    if (options.providers.empty()) {
        return builtin_providers();
    }
    const Result<std::string> text = read_file(options.providers);
    if (!text) {
        return Error(ErrorClass::BadInput, fmt::format("--providers: {}", text.error().message()));
    }
    return parse_providers(*text, options.providers == "-" ? "standard input" : options.providers);
}

/// Those that can tell an address of the family that is asked for.
Result<std::vector<Provider>> fitting_providers(const IpOptions& options) {
    Result<std::vector<Provider>> providers = providers_of(options);
    if (!providers) {
        return providers;
    }
    const http::Family family = options.race.policy.family;
    std::erase_if(*providers,
                  [family](const Provider& provider) { return !provider.serves(family); });
    if (providers->empty()) {
        return Error(ErrorClass::BadInput,
                     fmt::format("--providers: none of them tells an {} address",
                                 family == http::Family::IPv4 ? "IPv4" : "IPv6"));
    }
    return providers;
}

/// The address that servers see is the proxy's then.
void log_proxy(const RaceSetup& setup, Log& log) {
    for (const Source& source : setup.sources) {
        const http::Route route = setup.options.policy.routes.route_of(source.request.url);
        if (route.proxy != nullptr) {
            log.info(fmt::format("the address is that of the proxy {}, which requests go through",
                                 route.proxy->redacted()));
            return;
        }
    }
}

Result<std::size_t> prepare(const IpOptions& options, RaceSetup& setup, Log& log) {
    Result<std::vector<Provider>> providers = fitting_providers(options);
    if (!providers) {
        return std::move(providers).error();
    }
    // Not always the same one bears the load.
    std::shuffle(providers->begin(), providers->end(), std::minstd_rand(std::random_device()()));
    Result<void> done = setup.settle();
    for (const Provider& provider : *providers) {
        if (done) {
            done = setup.add(provider.name, provider.url, provider.extraction(),
                             address_validators(options));
        }
    }
    if (done) {
        done = setup.check();
    }
    if (!done) {
        return std::move(done).error();
    }
    log_proxy(setup, log);
    return setup.sources.size();
}

ExitStatus print_providers(const IpOptions& options, Log& log) {
    const Result<std::vector<Provider>> providers = fitting_providers(options);
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
        default: log.error("stdout cannot be written to"); return ExitStatus::OutputFailed;
    }
}

}  // namespace

void describe_ip(OptionSet& set, IpOptions& options) {
    options.race.rules.stagger = std::chrono::milliseconds(200);
    set.group("Providers");
    set.name(kProviders, options.providers);
    set.flag(kListProviders, options.list_providers);
    set.flag(kAllowPrivate, options.allow_private);
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

int run_ip(const IpOptions& given, Log& log, TimePoint started) {
    if (given.list_providers) {
        return static_cast<int>(run_command(log, [&] { return print_providers(given, log); }));
    }
    RaceSetup setup(given.race);
    return run_with_context(
        given.race.cron, setup.options.policy, log, started,
        [&] { return prepare(given, setup, log); },
        [&](RunContext& context) {
            RaceRun race(context, setup, true, log);
            return run(context.loop, race.run());
        });
}

}  // namespace runnel
