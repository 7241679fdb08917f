#include "app/run/healthcheck_ping.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <random>
#include <utility>
#include <vector>

#include "app/options/transport_options.hpp"
#include "async/run.hpp"
#include "async/sleep.hpp"
#include "async/timeout.hpp"
#include "async/when_any.hpp"
#include "base/read_file.hpp"
#include "base/text.hpp"
#include "io/signals.hpp"

namespace runnel {

namespace {

/// Maximum duration of one ping, with its retries.
constexpr Duration kPingLimit = std::chrono::seconds(10);
/// Maximum size of a response to a ping (bytes). Its content does not matter.
constexpr std::uint64_t kPingBodyLimit = std::uint64_t{64} << 10;
/// Maximum wait for stderr after a ping.
constexpr Duration kPingFlushLimit = std::chrono::seconds(1);

/// Returns the id that systemd gives a machine; empty if there is none.
std::string machine_id() {
    const Result<std::string> id = read_file("/etc/machine-id");
    return id ? std::string(trimmed(*id, "\n")) : "";
}

std::string host_name() {
    std::array<char, 256> name{};
    // Any name will do: also a truncated or empty one.
    static_cast<void>(::gethostname(name.data(), name.size() - 1));
    return name.data();
}

Task<std::optional<int>> without_signal(Task<void> step) {
    co_await std::move(step);
    co_return std::nullopt;
}

Task<std::optional<int>> next_signal(Signals& signals) {
    const int signal = co_await signals.next();
    co_return signal;
}

Task<std::optional<int>> step_or_signal(Task<void> step, Signals& signals) {
    std::vector<Task<std::optional<int>>> both;
    both.push_back(without_signal(std::move(step)));
    both.push_back(next_signal(signals));
    First<std::optional<int>> first = co_await when_any(std::move(both));
    co_return first.outcome.get();
}

Task<void> wait_for(Duration span) { co_await sleep_for(span); }

http::RetryRules ping_retries() {
    http::RetryRules rules;
    rules.retries = 2;
    rules.after_max = Duration::zero();  // kPingLimit includes the waits
    return rules;
}

}  // namespace

std::string job_of_machine() {
    const std::string machine = machine_id();
    const Result<std::string> words = read_file("/proc/self/cmdline");
    return fmt::format("{}\n{}", machine.empty() ? host_name() : machine, words ? *words : "");
}

Duration splay_of(std::string_view job, Duration most) {
    std::seed_seq seed(job.begin(), job.end());
    std::mt19937_64 random(seed);
    const double part = std::uniform_real_distribution<double>()(random);
    return std::chrono::duration_cast<Duration>(most * part);
}

std::string ping_url(std::string_view base, std::string_view last) {
    const std::size_t query = std::min(base.find_first_of("?#"), base.size());
    std::string_view path = base.substr(0, query);
    while (path.ends_with('/')) {
        path.remove_suffix(1);
    }
    return fmt::format("{}/{}{}", path, last, base.substr(query));
}

Result<http::Policy> ping_policy(const ScheduleOptions& options, std::uint16_t mock_port) {
    http::Policy policy;
    if (options.ping.empty()) {
        return policy;
    }
    const Result<http::Url> url = http::Url::parse(ping_url(options.ping, "start"));
    if (!url) {
        return bad_input(fmt::format("--ping: {}", url.error().message()));
    }
    RUNNEL_TRY(resolve_transport(TransportOptions(), policy));
    policy.user_agent = "runnel/" RUNNEL_VERSION;
    policy.max_body = kPingBodyLimit;
    policy.routes.everything_to = mock_port;
    return policy;
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
        const Duration delay = splay_of(job_of_machine(), options_.splay);
        log_.info(fmt::format("--splay: starting in {:.3g} s", to_seconds(delay)));
        signal = run_unless_signalled(wait_for(delay));
    }
    if (signal) {
        return status_of_signal(*signal);
    }
    if (!options_.ping.empty()) {
        start_context_.made = SourcePlace::here();
        start_context_.scheduler = &loop_;
        start_context_.stop = stop_start_.get_token();
        start_ended_ = false;
        detail::drive_root(start_context_, ping_start(), start_, start_ended_);
    }
    return ExitStatus::Success;
}

HealthcheckPing::~HealthcheckPing() { cancel_start(); }

void HealthcheckPing::cancel_start() {
    if (start_ended_) {
        return;
    }
    stop_start_.request_stop();
    loop_.run_until(start_ended_);
}

void HealthcheckPing::end(ExitStatus status) {
    if (options_.ping.empty()) {
        return;
    }
    // The protocol has an end after its start. Signals no longer change the exit status.
    if (!start_ended_) {
        static_cast<void>(run_unless_signalled(wait_for_start()));
    }
    cancel_start();
    static_cast<void>(run_unless_signalled(ping(std::to_string(static_cast<int>(status)))));
}

Task<void> HealthcheckPing::ping_start() {
    co_await ping("start");
    start_pinged_.set();
}

Task<void> HealthcheckPing::wait_for_start() { co_await start_pinged_.wait(); }

std::optional<int> HealthcheckPing::run_unless_signalled(Task<void> step) {
    Signals signals(loop_);
    return run(loop_, step_or_signal(std::move(step), signals));
}

Task<void> HealthcheckPing::ping(std::string last) {
    const Source target("--ping",
                        http::Request(*http::Url::parse(ping_url(options_.ping, last)), policy_));
    const Deadline limit = Deadline::after(loop_.now(), kPingLimit);
    Task<Result<std::string>> asking = source_client_.fetch(target);
    std::optional<Result<std::string>> answer = co_await timeout(std::move(asking), limit);
    if (!answer) {
        answer.emplace(Error(ErrorClass::Timeout, "no response in time"));
    }
    if (!*answer) {
        // Do not log the path, because it may be a secret.
        const Error& why = answer->error();
        log_.warn(fmt::format("--ping: {}: {}: {}", target.request.url.origin(),
                              to_string(why.error_class()), why.message()));
    }
    co_await log_.flush(Deadline::after(loop_.now(), kPingFlushLimit));
}

}  // namespace runnel
