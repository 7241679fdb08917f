#include "app/check/check_plan.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <unistd.h>

#include <algorithm>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "app/check/target_table.hpp"
#include "app/options/named_target.hpp"
#include "base/read_file.hpp"
#include "base/text.hpp"
#include "io/named_file.hpp"
#include "pipeline/input.hpp"

namespace runnel {

namespace {

/// Default of `--deadline`, without `--wait`.
constexpr Duration kDefaultDeadline = std::chrono::seconds(10);
constexpr std::string_view kTcp = "tcp://";

bool is_tcp(std::string_view url) { return equal_ignoring_case(url.substr(0, kTcp.size()), kTcp); }

/// Whether \a authority ends with a port; the colons of `[::1]` do not begin one.
bool has_port(std::string_view authority) {
    const std::size_t colon = authority.rfind(':');
    const std::size_t bracket = authority.rfind(']');
    return colon != std::string_view::npos && colon + 1 < authority.size() &&
           (bracket == std::string_view::npos || bracket < colon);
}

Result<void> check_options(const CheckOptions& options) {
    if (options.flaps && options.state.empty()) {
        return bad_input(
            "--rise and --fall require --state FILE, because they count over several runs");
    }
    if (options.only_changed && options.state.empty()) {
        return bad_input("--only-changed requires --state FILE, with the states of the last run");
    }
    if (options.only_changed && options.format == CheckFormat::Nagios) {
        return bad_input(
            "--only-changed and --format nagios exclude each other: a plugin always reports all");
    }
    if (options.wait && options.interval == Duration::zero()) {
        return bad_input("--interval: must be above zero");
    }
    if (options.wait && !options.state.empty()) {
        return bad_input(
            "--wait and --state exclude each other: --wait checks until all are up, --state "
            "remembers one check of each run");
    }
    return {};
}

/// Adds the targets of the options to a plan whose requests are prepared.
class TargetPlanner {
public:
    TargetPlanner(const CheckOptions& options, CheckPlan& plan) : options_(options), plan_(plan) {}

    [[nodiscard]] Result<void> add_all() {
        std::size_t number = 0;
        for (const std::string& target : options_.targets) {
            place_ = fmt::format("target {} of the command line", ++number);
            RUNNEL_TRY(add(NamedTarget::parse(target), options_.assertions));
        }
        for (const std::string& file : options_.files) {
            RUNNEL_TRY(add_file(file));
        }
        number = 0;
        for (const std::string& table : options_.tables) {
            place_ = fmt::format("table {} of [[check.target]]", ++number);
            RUNNEL_TRY(add_table(table));
        }
        return check_targets();
    }

private:
    /// Adds the targets in the file \a name, one per line.
    [[nodiscard]] Result<void> add_file(const std::string& name) {
        const Result<std::string> text = read_file(name);
        if (!text) {
            return bad_input("--input: " + text.error().message());
        }
        std::string_view rest = *text;
        for (std::size_t number = 1; !rest.empty(); ++number) {
            const std::string_view item = rest.substr(0, rest.find('\n'));
            rest.remove_prefix(std::min(item.size() + 1, rest.size()));
            const std::string_view line = significant(item, Separator::Newline);
            if (line.empty()) {
                continue;
            }
            place_ = fmt::format("{}:{}", name, number);
            const Result<void> added =
                add(NamedTarget::parse(std::string(line)), options_.assertions);
            if (!added) {
                return bad_input(fmt::format("{}: {}", place_, added.error().message()));
            }
        }
        return {};
    }

    [[nodiscard]] Result<void> add_table(const std::string& text) {
        RUNNEL_TRY_ASSIGN(TargetTable table, TargetTable::parse(text, options_.assertions));
        if (is_tcp(table.url) && !table.own_response_rule.empty()) {
            return bad_input(fmt::format("{}: {}: a TCP connection has no response to check",
                                         table.name, table.own_response_rule));
        }
        NamedTarget target;
        target.name = std::move(table.name);
        target.url = std::move(table.url);
        return add(target, table.assertions, text);
    }

    /// \a table is the text of the target's own table; empty if there is none.
    [[nodiscard]] Result<void> add(const NamedTarget& target, const Assertions& assertions,
                                   const std::string& table = "") {
        RUNNEL_TRY_ASSIGN(const bool is_new, note_name(target, table));
        if (!is_new) {
            return {};
        }
        const Result<void> consistent = assertions.check_consistency();
        if (!consistent) {
            return table.empty() ? consistent
                                 : bad_input(fmt::format("{}: {}", target.name,
                                                         consistent.error().message()));
        }
        Result<http::Request> request =
            is_tcp(target.url) ? connection_to(target.url) : request_for(target.url, assertions);
        if (!request) {
            return bad_input(fmt::format("{}: {}", target.name, request.error().message()));
        }
        plan_.targets.emplace_back(target.name, http::without_userinfo(target.url),
                                   *std::move(request), assertions);
        return {};
    }

    /// Returns whether \a target is new. A repeated target is ignored, but refused in the formats
    /// Nagios and Prometheus, whose labels must be unique. Another target of the same name is
    /// refused.
    [[nodiscard]] Result<bool> note_name(const NamedTarget& target, const std::string& table) {
        const auto [place, is_new] =
            names_.try_emplace(target.name, Named{target.url, table, place_});
        if (is_new) {
            return true;
        }
        const Named& first = place->second;
        if (first.url != target.url || first.table != table) {
            return bad_input(fmt::format(
                "check: two targets are named {} ({}, {}): rename one of them with NAME=TARGET",
                target.name, first.place, place_));
        }
        const bool labelled =
            options_.format == CheckFormat::Nagios || options_.format == CheckFormat::Prometheus;
        return labelled ? Result<bool>(bad_input(fmt::format(
                              "check: {} is there twice ({}, {}), and the labels of --format "
                              "nagios and prometheus must differ: remove one of them",
                              target.name, first.place, place_)))
                        : Result<bool>(false);
    }

    [[nodiscard]] Result<http::Request> request_for(const std::string& url,
                                                    const Assertions& assertions) {
        RUNNEL_TRY(http::Url::parse(url));
        const RequestMaker maker(policy_with(assertions.body_limit()), plan_.requests.defaults);
        RUNNEL_TRY_ASSIGN(http::Request request,
                          std::move(maker.make(url, "", std::nullopt).request));
        const std::string_view about_body = assertions.first_body_option();
        if (request.method == "HEAD" && !about_body.empty()) {
            return bad_input(fmt::format(
                "--{}: a response to HEAD (-I) has no body to check: leave one of them out",
                about_body));
        }
        return request;
    }

    [[nodiscard]] Result<http::Request> connection_to(const std::string& url) {
        const std::string authority = url.substr(kTcp.size());
        if (!has_port(authority) || authority.find_first_of("/?#@") != std::string::npos) {
            return bad_input(
                "a TCP target must be tcp://HOST:PORT, without user, path, query or fragment");
        }
        Result<http::Url> place = http::Url::parse("http://" + authority);
        if (!place) {
            return bad_input(fmt::format(
                "\"{}\" is not a HOST:PORT, such as db.example:5432 or [::1]:5432", authority));
        }
        http::Request request(*std::move(place), direct_policy());
        request.connect_only = true;
        return request;
    }

    /// Returns a policy with \a max_body as its limit. Reuses the previous policy if its limit is
    /// equal.
    const http::Policy& policy_with(std::uint64_t max_body) {
        if (limited_ == nullptr || limited_->max_body != max_body) {
            limited_ = &plan_.policies.emplace_back(*plan_.requests.policy);
            limited_->max_body = max_body;
        }
        return *limited_;
    }

    /// Returns the policy for TCP targets, which use no proxy.
    const http::Policy& direct_policy() {
        if (direct_ == nullptr) {
            direct_ = &plan_.policies.emplace_back(*plan_.requests.policy);
            direct_->routes.proxies = http::ProxyRules();
        }
        return *direct_;
    }

    [[nodiscard]] Result<void> check_targets() const {
        if (plan_.targets.empty()) {
            return bad_input(
                options_.files.empty()
                    ? "check: name at least one target: URL, tcp://HOST:PORT, or -i FILE"
                    : fmt::format("--input: no targets in {}", fmt::join(options_.files, ", ")));
        }
        const bool only_tcp = std::ranges::all_of(
            plan_.targets, [](const CheckTarget& target) { return target.request.connect_only; });
        const std::string_view response_option = options_.assertions.first_response_option();
        if (only_tcp && !response_option.empty()) {
            return bad_input(
                fmt::format("--{}: a TCP connection has no response to check, and all targets "
                            "are tcp://",
                            response_option));
        }
        return {};
    }

    /// The first target with a given name: its URL, its table, and its place in the options.
    struct Named {
        std::string url;
        std::string table;
        std::string place;
    };

    const CheckOptions& options_;
    CheckPlan& plan_;
    std::string place_;  ///< Where the current target was given, for messages.
    std::unordered_map<std::string, Named> names_;
    http::Policy* limited_ = nullptr;
    http::Policy* direct_ = nullptr;
};

}  // namespace

Result<CheckPlan> plan_check(const CheckOptions& options) {
    RUNNEL_TRY(check_options(options));
    CheckPlan plan;
    const bool stdin_is_taken = std::ranges::count(options.files, "-") > 0;
    http::Policy policy = options.policy;
    policy.fresh_names = options.wait.has_value();
    RUNNEL_TRY_ASSIGN(plan.requests,
                      prepare_requests(options.requests, stdin_is_taken, options.transport,
                                       std::move(policy), options.mock_routes));
    RUNNEL_TRY(TargetPlanner(options, plan).add_all());
    plan.invert = options.invert;
    plan.retry = options.retry;
    plan.flaps = options.flaps.value_or(FlapRules());
    plan.deadline = deadline_of(options);
    plan.wait = options.wait.has_value();
    plan.interval = options.interval;
    plan.grace = options.grace;
    plan.format = options.format;
    plan.only_changed = options.only_changed;
    plan.cmd = options.cmd;
    return plan;
}

Duration deadline_of(const CheckOptions& options) {
    const Duration run =
        options.deadline.value_or(options.wait ? Duration::zero() : kDefaultDeadline);
    const Duration wait = options.wait.value_or(Duration::zero());
    return run == Duration::zero() || wait == Duration::zero() ? std::max(run, wait)
                                                               : std::min(run, wait);
}

Result<void> CheckFiles::open(const CheckOptions& options) {
    RUNNEL_TRY(state.open(options.state));
    return options.output == "-" || descriptor_named(options.output) == STDOUT_FILENO
               ? Result<void>()
               : output.open(options.output);
}

}  // namespace runnel
