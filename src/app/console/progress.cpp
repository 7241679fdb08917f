#include "app/console/progress.hpp"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <utility>

#include "async/sleep.hpp"
#include "base/text.hpp"

namespace runnel {

namespace {

constexpr Duration kInterval = std::chrono::milliseconds(200);
/// Weight of the last interval in the moving average of the rate: it follows within two seconds.
constexpr double kRateWeight = 0.1;
constexpr std::size_t kMinBarWidth = 10;
constexpr std::size_t kMaxBarWidth = 30;
constexpr std::size_t kDefaultColumns = 80;
constexpr std::string_view kEraseLine = "\r\x1b[K";
constexpr std::string_view kEraseRest = "\x1b[K";

/// `0:07`, `1:02:03`
std::string clock(double span) {
    const auto whole = static_cast<std::uint64_t>(span);
    return whole < 3600 ? fmt::format("{}:{:02}", whole / 60, whole % 60)
                        : fmt::format("{}:{:02}:{:02}", whole / 3600, whole / 60 % 60, whole % 60);
}

std::size_t columns_of(int terminal) {
    winsize size{};
    const bool known = ::ioctl(terminal, TIOCGWINSZ, &size) == 0 && size.ws_col > 0;
    return known ? size.ws_col : kDefaultColumns;
}

bool is_wanted(ProgressMode mode, const Log& log) {
    if (mode == ProgressMode::Off || log.quiet() || ::isatty(STDERR_FILENO) == 0) {
        return false;
    }
    return mode == ProgressMode::On || ::isatty(STDOUT_FILENO) == 0;
}

std::string counts(const Progress& progress, double rate) {
    return fmt::format("{:.{}f}/s  {} in flight  {} retries  {} failed", rate, rate < 10 ? 1 : 0,
                       progress.in_flight, progress.retries, progress.failed);
}

}  // namespace

std::string progress_line(const Progress& progress, double rate, Duration elapsed,
                          std::size_t columns) {
    std::string line;
    if (!progress.expected) {
        line = fmt::format("{} done  {}  {}", progress.ended, counts(progress, rate),
                           clock(to_seconds(elapsed)));
    } else {
        const auto ended = static_cast<double>(progress.ended);
        const double all = std::max(*progress.expected, ended);
        const double part = all > 0 ? ended / all : 1;
        const std::string left = rate > 0 ? clock(std::ceil((all - ended) / rate)) : "-";
        const std::string words =
            fmt::format("{:3.0f}%  {}/{:.0f}  {}  ETA {}", std::floor(part * 100), progress.ended,
                        all, counts(progress, rate), left);
        const std::size_t space = columns > words.size() + 4 ? columns - words.size() - 4 : 0;
        const std::size_t width = std::clamp(space, kMinBarWidth, kMaxBarWidth);
        const auto filled = static_cast<std::size_t>(part * static_cast<double>(width));
        line = fmt::format("[{:-<{}}] {}", std::string(filled, '#'), width, words);
    }
    return line.substr(0, columns > 0 ? columns - 1 : 0);
}

ProgressBar::ProgressBar(Loop& loop, Output& errors, Log& log, ProgressMode mode)
    : loop_(loop),
      errors_(errors),
      log_(log),
      began_(loop.now()),
      drawn_at_(began_),
      wanted_(is_wanted(mode, log)) {
    if (wanted_ && log.descriptor() == STDERR_FILENO) {
        log_.before_each([this] { erase(); });
    }
}

ProgressBar::~ProgressBar() { log_.before_each(nullptr); }

Task<void> ProgressBar::show(std::function<Progress()> progress) {
    while (wanted_) {
        co_await sleep_for(kInterval);
        if (wanted_) {
            draw(progress());
        }
    }
}

void ProgressBar::end() noexcept {
    wanted_ = false;
    erase();
}

/// Draws nothing while the terminal is stopped (Ctrl-S).
void ProgressBar::draw(const Progress& progress) {
    const TimePoint now = loop_.now();
    const std::uint64_t fetched = progress.ended - progress.skipped;
    const double speed =
        static_cast<double>(fetched - fetched_then_) / std::max(to_seconds(now - drawn_at_), 1e-3);
    rate_ = rate_ ? *rate_ + kRateWeight * (speed - *rate_) : speed;
    drawn_at_ = now;
    fetched_then_ = fetched;
    if (errors_.written() < errors_.appended()) {
        return;
    }
    const std::string line =
        progress_line(progress, *rate_, now - began_, columns_of(STDERR_FILENO));
    errors_.append(fmt::format("\r{}{}", line, kEraseRest));
    shown_ = true;
}

void ProgressBar::erase() noexcept {
    if (std::exchange(shown_, false)) {
        errors_.append(kEraseLine);
    }
}

}  // namespace runnel
