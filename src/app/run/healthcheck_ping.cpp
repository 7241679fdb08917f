#include "app/run/healthcheck_ping.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <random>
#include <utility>
#include <vector>

#include "app/options/transport_options.hpp"
#include "async/sleep.hpp"
#include "async/timeout.hpp"
#include "async/when_any.hpp"
#include "io/signals.hpp"

namespace runnel {

namespace {

constexpr Duration kPingLimit = std::chrono::seconds(10);
/// Nobody reads what a ping is answered.
constexpr std::uint64_t kMostBody = std::uint64_t{64} << 10;
constexpr Duration kLastWords = std::chrono::seconds(1);

std::string host_name() {
    std::array<char, 256> name{};
    // A name that is too long, or none, is as good as another.
    static_cast<void>(::gethostname(name.data(), name.size() - 1));
    return name.data();
}

Task<std::optional<int>> to_its_end(Task<void> step) {
    co_await std::move(step);
    co_return std::nullopt;
}

Task<std::optional<int>> next_signal(Signals& signals) {
    const int signal = co_await signals.next();
    co_return signal;
}

Task<std::optional<int>> step_or_signal(Task<void> step, Signals& signals) {
    std::vector<Task<std::optional<int>>> ends;
    ends.push_back(to_its_end(std::move(step)));
    ends.push_back(next_signal(signals));
    First<std::optional<int>> first = co_await when_any(std::move(ends));
    co_return first.outcome.get();
}

Task<void> wait_for(Duration span) { co_await sleep_for(span); }

http::RetryRules ping_retries() {
    http::RetryRules rules;
    rules.retries = 2;
    return rules;
}

}  // namespace

Duration splay_of(std::string_view host, Duration most) {
    std::seed_seq seed(host.begin(), host.end());
    std::mt19937_64 random(seed);
    const double part = std::uniform_real_distribution<double>()(random);
    return std::chrono::duration_cast<Duration>(most * part);
}

std::string ping_url(std::string_view base, std::string_view what) {
    const std::size_t query = std::min(base.find_first_of("?#"), base.size());
    std::string_view path = base.substr(0, query);
    while (path.ends_with('/')) {
        path.remove_suffix(1);
    }
    return fmt::format("{}/{}{}", path, what, base.substr(query));
}

Result<http::Policy> ping_policy(const ScheduleOptions& options, const http::Policy& policy) {
    http::Policy pings;
    if (options.ping.empty()) {
        return pings;
    }
    const Result<http::Url> url = http::Url::parse(ping_url(options.ping, "start"));
    if (!url) {
        return Error(ErrorClass::BadInput, fmt::format("--ping: {}", url.error().message()));
    }
    const Result<void> settled = resolve_transport(TransportOptions(), pings);
    if (!settled) {
        return settled.error();
    }
    pings.user_agent = fmt::format("runnel/{}", RUNNEL_VERSION);
    pings.max_body = kMostBody;
    pings.routes.everything_to = policy.routes.everything_to;
    return pings;
}

HealthcheckPing::HealthcheckPing(const ScheduleOptions& options, const http::Policy& policy,
                                 Loop& loop, http::Client& network, Log& log)
    : options_(options),
      policy_(policy),
      loop_(loop),
      log_(log),
      retry_(ping_retries()),
      admission_(network, Admission::Limits(1), retry_, loop),
      client_(admission_),
      source_client_(client_, retry_, loop) {}

ExitStatus HealthcheckPing::begin() {
    std::optional<int> signal;
    if (options_.splay > Duration::zero()) {
        const Duration delay = splay_of(host_name(), options_.splay);
        log_.info(fmt::format("--splay: begins in {:.3g} s",
                              std::chrono::duration<double>(delay).count()));
        signal = unless_signalled(wait_for(delay));
    }
    if (!signal && !options_.ping.empty()) {
        signal = unless_signalled(ping("start"));
    }
    return signal ? status_of_signal(*signal) : ExitStatus::Success;
}

void HealthcheckPing::end(ExitStatus status) {
    if (!options_.ping.empty()) {
        // A signal has its say about the ping, and no more about the run.
        static_cast<void>(unless_signalled(ping(std::to_string(static_cast<int>(status)))));
    }
}

std::optional<int> HealthcheckPing::unless_signalled(Task<void> step) {
    Signals signals(loop_);
    return run(loop_, step_or_signal(std::move(step), signals));
}

Task<void> HealthcheckPing::ping(std::string what) {
    const Source place("--ping",
                       http::Request(*http::Url::parse(ping_url(options_.ping, what)), policy_));
    const Deadline limit = Deadline::after(loop_.now(), kPingLimit);
    Task<Result<std::string>> asking = source_client_.fetch(place);
    std::optional<Result<std::string>> asked = co_await timeout(std::move(asking), limit);
    if (!asked) {
        asked.emplace(Error(ErrorClass::Timeout, "no answer in time"));
    }
    if (!*asked) {
        // The path is a secret of a kind.
        const Error& why = asked->error();
        log_.warn(fmt::format("--ping: {}: {}: {}", place.request.url.origin(),
                              to_string(why.error_class()), why.message()));
    }
    co_await log_.flush(Deadline::after(loop_.now(), kLastWords));
}

}  // namespace runnel
