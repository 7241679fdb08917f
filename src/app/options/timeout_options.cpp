#include "app/options/timeout_options.hpp"

#include "app/cli/option_table.hpp"
#include "base/parse.hpp"

namespace runnel {

void describe_time_limits(OptionSet& set, http::Policy& policy) {
    set.group("Limits");
    set.duration(options::kMaxTime, policy.max_time);
    set.duration(options::kConnectTimeout, policy.connect_timeout);
    set.duration(options::kIdleTimeout, policy.idle_timeout);
}

void describe_grace(OptionSet& set, std::optional<Duration>& grace) {
    set.group("Limits");
    set.duration(options::kGrace, grace);
}

void accept_max_line(OptionSet& set) {
    set.group("Limits");
    set.parsed(options::kMaxLine, &parse_size, [](std::uint64_t) {});
}

void describe_expectation(OptionSet& set, http::StatusSet& expect) {
    set.group("Requests");
    set.value(options::kExpect, expect, &http::StatusSet::parse);
}

void describe_mock_routes(OptionSet& set, std::string& routes) {
    OptionSet::file(FileUse::Read, set.name(options::kMock, routes));
}

}  // namespace runnel
