#include "app/check/check_setup.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <set>
#include <string_view>
#include <utility>

#include "app/check/target_table.hpp"
#include "app/run/mock_network.hpp"
#include "base/read_file.hpp"
#include "base/text.hpp"
#include "pipeline/input.hpp"

namespace runnel {

namespace {

constexpr std::string_view kTcp = "tcp://";

Error usage(std::string message) { return Error(ErrorClass::BadInput, std::move(message)); }

/// As with http, the case does not matter.
bool is_tcp(std::string_view url) { return equal_ignoring_case(url.substr(0, kTcp.size()), kTcp); }

/// Whether it ends with a port: in `[::1]` no colon begins one.
bool has_port(std::string_view authority) {
    const std::size_t colon = authority.rfind(':');
    const std::size_t bracket = authority.rfind(']');
    return colon != std::string_view::npos && colon + 1 < authority.size() &&
           (bracket == std::string_view::npos || bracket < colon);
}

}  // namespace

Result<void> CheckSetup::prepare() {
    for (const auto step :
         {&CheckSetup::check_options, &CheckSetup::resolve_requests, &CheckSetup::add_targets,
          &CheckSetup::check_targets, &CheckSetup::open_files}) {
        Result<void> done = (this->*step)();
        if (!done) {
            return done;
        }
    }
    return {};
}

Result<void> CheckSetup::check_options() {
    if (options.flaps && options.state.empty()) {
        return usage("--rise and --fall count over several runs: say by --state FILE where");
    }
    if (options.wait && options.interval == Duration::zero()) {
        return usage("--interval: has to be above zero, so that the targets get some rest");
    }
    if (options.wait && !options.state.empty()) {
        return usage(
            "--wait and --state exclude each other: one checks until all are up, the other "
            "remembers one check of each run");
    }
    return {};
}

Result<void> CheckSetup::resolve_requests() {
    options.policy.user_agent = options.requests.user_agent.value_or(options.policy.user_agent);
    options.policy.cookie_file = options.requests.cookie_file;
    Result<void> settled = resolve_transport(options.transport, options.policy);
    if (!settled) {
        return settled;
    }
    const bool stdin_is_taken = std::ranges::count(options.files, "-") > 0;
    Result<RequestDefaults> defaults = request_defaults(options.requests, stdin_is_taken);
    if (!defaults) {
        return std::move(defaults).error();
    }
    defaults_ = *std::move(defaults);
    Result<std::unique_ptr<mock::MockServer>> mock =
        carry_to_mock(options.mock_routes, options.policy);
    if (!mock) {
        return std::move(mock).error();
    }
    mock_ = *std::move(mock);
    direct_ = options.policy;
    direct_->routes.proxies = http::ProxyRules();
    return {};
}

Result<void> CheckSetup::add_targets() {
    for (const std::string& target : options.targets) {
        Result<void> added = add(NamedTarget::parse(target), options.assertions);
        if (!added) {
            return added;
        }
    }
    for (const std::string& file : options.files) {
        Result<void> added = add_file(file);
        if (!added) {
            return added;
        }
    }
    for (const std::string& table : options.tables) {
        Result<void> added = add_table(table);
        if (!added) {
            return added;
        }
    }
    return {};
}

Result<void> CheckSetup::add_file(const std::string& name) {
    const Result<std::string> content = read_file(name);
    if (!content) {
        return usage("--input: " + content.error().message());
    }
    std::string_view rest = *content;
    for (std::size_t number = 1; !rest.empty(); ++number) {
        const std::string_view item = rest.substr(0, rest.find('\n'));
        rest.remove_prefix(std::min(item.size() + 1, rest.size()));
        const std::string_view text = significant(item, number == 1, Separator::Newline);
        const Result<void> added =
            text.empty() ? Result<void>()
                         : add(NamedTarget::parse(std::string(text)), options.assertions);
        if (!added) {
            return usage(fmt::format("{}:{}: {}", name, number, added.error().message()));
        }
    }
    return {};
}

Result<void> CheckSetup::add_table(const std::string& text) {
    const Result<TargetTable> table = TargetTable::parse(text, options.assertions);
    if (!table) {
        return table.error();
    }
    if (is_tcp(table->url) && !table->own_response_rule.empty()) {
        return usage(fmt::format("{}: {}: a TCP connection has no response to look at", table->name,
                                 table->own_response_rule));
    }
    NamedTarget target;
    target.name = table->name;
    target.url = table->url;
    return add(target, table->assertions);
}

Result<void> CheckSetup::add(const NamedTarget& target, const Assertions& assertions) {
    Result<http::Request> request =
        is_tcp(target.url) ? connection_to(target.url) : request_for(target.url, assertions);
    if (!request) {
        return usage(fmt::format("{}: {}", target.name, request.error().message()));
    }
    std::string shown = http::without_userinfo(target.url);
    targets.emplace_back(target.name, std::move(shown), *std::move(request), assertions);
    return {};
}

Result<http::Request> CheckSetup::request_for(const std::string& url,
                                              const Assertions& assertions) {
    const Result<http::Url> sound = http::Url::parse(url);
    if (!sound) {
        return sound.error();
    }
    const RequestMaker maker(policy_with(assertions.body_limit()), defaults_);
    return std::move(maker.make(url, "", std::nullopt).request);
}

/// The rest of it is as for a URL.
Result<http::Request> CheckSetup::connection_to(const std::string& url) {
    const std::string authority = url.substr(kTcp.size());
    if (!has_port(authority) || authority.find_first_of("/?#@") != std::string::npos) {
        return usage("a TCP target is tcp://HOST:PORT, and nothing else");
    }
    Result<http::Url> place = http::Url::parse("http://" + authority);
    if (!place) {
        return usage(fmt::format("\"{}\" is no HOST:PORT, such as db.example:5432 or [::1]:5432",
                                 authority));
    }
    http::Request request(*std::move(place), *direct_);
    request.connect_only = true;
    return request;
}

const http::Policy& CheckSetup::policy_with(std::uint64_t max_body) {
    if (policies_.empty() || policies_.back().max_body != max_body) {
        policies_.push_back(options.policy);
        policies_.back().max_body = max_body;
    }
    return policies_.back();
}

Result<void> CheckSetup::check_targets() {
    if (targets.empty()) {
        return usage(
            options.files.empty()
                ? "check: say what has to be up: URL, tcp://HOST:PORT, or -i FILE"
                : fmt::format("--input: there is no target in {}", fmt::join(options.files, ", ")));
    }
    std::set<std::string_view> names;
    for (const CheckTarget& target : targets) {
        if (!names.insert(target.name).second) {
            return usage(
                fmt::format("check: two targets are called {}: name them apart by "
                            "NAME=TARGET",
                            target.name));
        }
    }
    const bool only_tcp = std::ranges::all_of(
        targets, [](const CheckTarget& target) { return target.request.connect_only; });
    const std::string_view response_option = options.assertions.first_response_option();
    if (only_tcp && !response_option.empty()) {
        return usage(
            fmt::format("--{}: a TCP connection has no response to look at, and there are "
                        "only tcp:// targets",
                        response_option));
    }
    return {};
}

/// `-` is stdout, as it is for curl.
Result<void> CheckSetup::open_files() {
    Result<void> opened = state.open(options.state);
    return opened && options.output != "-" ? output.open(options.output) : opened;
}

}  // namespace runnel
