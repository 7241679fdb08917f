#include "app/check_status.hpp"

#include <algorithm>
#include <string_view>

namespace runnel {

namespace {

constexpr int kUnknown = 3;

/// What follows the last `--format`.
std::string_view format_in(std::span<const std::string> arguments) noexcept {
    constexpr std::string_view kName = "--format";
    std::string_view format;
    for (std::size_t i = 0; i < arguments.size() && arguments[i] != "--"; ++i) {
        const std::string_view argument = arguments[i];
        if (argument == kName && i + 1 < arguments.size()) {
            format = arguments[i + 1];
        } else if (argument.starts_with(kName) && argument.substr(kName.size()).starts_with('=')) {
            format = argument.substr(kName.size() + 1);
        }
    }
    return format;
}

}  // namespace

ExitStatus status_for(CheckFormat format, ExitStatus status,
                      std::optional<int> plugin_status) noexcept {
    const bool to_its_end = status == ExitStatus::Success || status == ExitStatus::Failed ||
                            status == ExitStatus::Deadline;
    switch (format) {
        case CheckFormat::Nagios:
            return static_cast<ExitStatus>(to_its_end ? plugin_status.value_or(kUnknown)
                                                      : kUnknown);
        case CheckFormat::Docker:
            return status == ExitStatus::Success ? status : ExitStatus::Failed;
        default: return status;
    }
}

ExitStatus usage_status(std::span<const std::string> arguments) noexcept {
    if (std::ranges::find(arguments, "check") == arguments.end()) {
        return ExitStatus::Usage;
    }
    const std::string_view format = format_in(arguments);
    if (format == "nagios") {
        return status_for(CheckFormat::Nagios, ExitStatus::Usage, std::nullopt);
    }
    return format == "docker" ? ExitStatus::Failed : ExitStatus::Usage;
}

}  // namespace runnel
