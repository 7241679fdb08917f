#include "app/check/plugin_line.hpp"

#include <poll.h>
#include <unistd.h>

#include <string>
#include <utility>

#include "base/write_all.hpp"

namespace runnel {

PluginLine::PluginLine(CheckFormat format, Log& log)
    : wanted_(format == CheckFormat::Nagios), log_(log) {
    if (wanted_) {
        log_.hold([this] { print_last_error(); });
    }
}

void PluginLine::stop_holding() {
    if (wanted_ && !log_.quiet()) {
        const bool printed = std::exchange(printed_, true);
        log_.release();
        printed_ = printed;
    }
}

/// Does not print lines that `--quiet` holds back: after a failure the log was released already.
void PluginLine::finish() {
    if (!wanted_) {
        return;
    }
    print_last_error();
    if (!log_.quiet()) {
        log_.release();
    }
}

void PluginLine::print_last_error() {
    if (printed_) {
        return;
    }
    const std::string& error = log_.last_error();
    const std::string line =
        nagios_refusal(error.empty() ? "a signal ended the run before the check" : error);
    static_cast<void>(write_all(STDOUT_FILENO, line));  // without stdout there is no other place
    printed_ = true;
}

void PluginLine::print_now(std::string_view why) noexcept {
    ::pollfd out{STDOUT_FILENO, POLLOUT, 0};
    if (wanted_ && !printed_ && ::poll(&out, 1, 0) == 1) {
        static_cast<void>(write_all(STDOUT_FILENO, nagios_refusal(why)));
    }
}

}  // namespace runnel
