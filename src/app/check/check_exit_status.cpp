#include "app/check/check_exit_status.hpp"

#include <algorithm>
#include <iterator>
#include <string_view>

#include "app/cli/config.hpp"

namespace runnel {

namespace {

constexpr int kUnknown = 3;

/// Nothing went wrong but with the targets. With a grace the results may be whole after a signal.
bool is_of_results(ExitStatus status) noexcept {
    constexpr ExitStatus kThese[] = {ExitStatus::Success,     ExitStatus::Failed,
                                     ExitStatus::Deadline,    ExitStatus::Hangup,
                                     ExitStatus::Interrupted, ExitStatus::Terminated};
    return std::ranges::find(kThese, status) != std::end(kThese);
}

/// What follows the last \a option; empty: nothing does.
std::string_view value_of(std::string_view option, std::span<const std::string> arguments) {
    std::string_view value;
    for (std::size_t i = 0; i < arguments.size() && arguments[i] != "--"; ++i) {
        const std::string_view argument = arguments[i];
        if (argument == option && i + 1 < arguments.size()) {
            value = arguments[i + 1];
        } else if (argument.starts_with(option) &&
                   argument.substr(option.size()).starts_with('=')) {
            value = argument.substr(option.size() + 1);
        }
    }
    return value;
}

std::string_view variable(std::string_view name, const char* const* environment) {
    for (; *environment != nullptr; ++environment) {
        const std::string_view entry = *environment;
        if (entry.starts_with(name) && entry.substr(name.size()).starts_with('=')) {
            return entry.substr(name.size() + 1);
        }
    }
    return {};
}

std::string format_meant(std::span<const std::string> arguments, const char* const* environment) {
    const std::string_view given = value_of("--format", arguments);
    if (!given.empty()) {
        return std::string(given);
    }
    const std::string_view set = variable("RUNNEL_CHECK_FORMAT", environment);
    if (!set.empty()) {
        return std::string(set);
    }
    const std::string_view file = value_of("--config", arguments);
    return file.empty() ? "" : Config::glance(std::string(file), "check", "format");
}

}  // namespace

ExitStatus status_for(CheckFormat format, ExitStatus status,
                      std::optional<int> plugin_status) noexcept {
    switch (format) {
        case CheckFormat::Nagios:
            return static_cast<ExitStatus>(is_of_results(status) ? plugin_status.value_or(kUnknown)
                                                                 : kUnknown);
        case CheckFormat::Docker:
            return status == ExitStatus::Success ? status : ExitStatus::Failed;
        default: return status;
    }
}

ExitStatus status_before_run(ExitStatus status, std::span<const std::string> arguments,
                             const char* const* environment) {
    if (std::ranges::find(arguments, "check") == arguments.end()) {
        return status;
    }
    const Result<CheckFormat> format = parse_check_format(format_meant(arguments, environment));
    return format ? status_for(*format, status, std::nullopt) : status;
}

}  // namespace runnel
