#include "app/options/timeout_options.hpp"

#include "base/parse.hpp"

namespace runnel {

namespace {

constexpr OptionText kMaxTime = {
    "-m,--max-time", "D", "Limit of one attempt (check: 5s; else none)",
    "Limit of one attempt, from its permit to its last byte. `check`: 5s; otherwise none."};
constexpr OptionText kConnectTimeout = {
    "--connect-timeout", "D", "Limit of look-up and connection (10s)",
    "Limit of name look-up, TCP and TLS together, for each hop of a redirect; 10s by default."};
constexpr OptionText kIdleTimeout = {"--idle-timeout", "D", "Limit without a byte (30s)",
                                     "Limit of silence on a connection; 30s by default."};
constexpr OptionText kGrace = {
    "--grace", "D", "Time to finish after the first signal (none)",
    "After the first signal, let the command finish for up to D. Without it a signal ends the "
    "command at once."};
constexpr OptionText kMaxLine = {"--max-line", "SIZE", "Accepted; --max-body limits what is held",
                                 "Accepted without effect: a body is held whole, and `--max-body` "
                                 "is its limit."};
constexpr OptionText kExpect = {"--expect", "LIST", "Statuses that are success (2xx)",
                                "Final statuses that are success: `200,204`, `3xx`, `300-399` or "
                                "`any`; `2xx` by default."};
constexpr OptionText kMock = {
    "--mock", "ROUTES", "Take all answers from a file of routes",
    "Take every answer from a routes file, see [mock](#mock), through the whole HTTP stack. "
    "`https` "
    "goes in clear to a server inside runnel, names are not looked up, proxies and "
    "`--deny-private` do not apply, and records keep the URL."};

}  // namespace

void describe_time_limits(OptionSet& set, http::Policy& policy) {
    set.group("Limits");
    set.duration(kMaxTime, policy.max_time);
    set.duration(kConnectTimeout, policy.connect_timeout);
    set.duration(kIdleTimeout, policy.idle_timeout);
}

void describe_grace(OptionSet& set, std::optional<Duration>& grace) {
    set.group("Limits");
    set.duration(kGrace, grace);
}

void accept_max_line(OptionSet& set) {
    set.group("Limits");
    set.parsed(kMaxLine, &parse_size, [](std::uint64_t) {});
}

void describe_expectation(OptionSet& set, http::StatusSet& expect) {
    set.group("Requests");
    set.value(kExpect, expect, &http::StatusSet::parse);
}

void describe_mock_routes(OptionSet& set, std::string& routes) { set.name(kMock, routes); }

}  // namespace runnel
