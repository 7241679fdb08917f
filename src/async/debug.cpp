#include "async/debug.hpp"

#include <fmt/format.h>

#include <cstdio>
#include <cstdlib>
#include <mutex>
#include <utility>

namespace runnel::debug {

namespace {

/// Read once, before there are threads.
bool asked_for() {
    const char* value = std::getenv("RUNNEL_DEBUG");  // NOLINT(concurrency-mt-unsafe)
    return value != nullptr && *value != '\0' && std::string_view(value) != "0";
}

struct Sink {
    std::mutex mutex;
    Reporter reporter;
};

Sink& sink() {
    static Sink sink;
    return sink;
}

thread_local int dropping = 0;

}  // namespace

std::atomic<bool> detail::enabled = asked_for();

void enable(bool on) noexcept { detail::enabled.store(on, std::memory_order_relaxed); }

void report_to(Reporter reporter) {
    const std::lock_guard<std::mutex> lock(sink().mutex);
    sink().reporter = std::move(reporter);
}

void write_finding(std::string_view finding) {
    const std::string line = fmt::format("runnel: debug: {}\n", finding);
    // A stderr that takes nothing is no reason to end the program.
    static_cast<void>(std::fwrite(line.data(), 1, line.size(), stderr));
}

void report(std::string_view finding) noexcept {
    if (!enabled()) {
        return;
    }
    const std::lock_guard<std::mutex> lock(sink().mutex);
    if (sink().reporter) {
        sink().reporter(finding);
    } else {
        write_finding(finding);
    }
}

DropOnPurpose::DropOnPurpose() noexcept { ++dropping; }
DropOnPurpose::~DropOnPurpose() { --dropping; }

void report_never_awaited(SourcePlace defined) noexcept {
    if (enabled() && dropping == 0) {
        report(fmt::format("a task of {} was never awaited", to_string(defined)));
    }
}

void report_unseen(const std::exception_ptr& failure, SourcePlace made) noexcept {
    if (enabled()) {
        report(fmt::format("nobody looked at the failure of the task from {}: {}", to_string(made),
                           describe(failure)));
    }
}

std::string to_string(SourcePlace place) {
    const std::string_view file = place.file;
    const std::size_t slash = file.rfind('/');
    const std::string_view name = slash == std::string_view::npos ? file : file.substr(slash + 1);
    return fmt::format("{}:{} ({})", name, place.line, place.function);
}

std::string describe(const std::exception_ptr& failure) {
    try {
        std::rethrow_exception(failure);
    } catch (const std::exception& exception) {
        return exception.what();
    } catch (...) {
        return "an exception that is no std::exception";
    }
}

}  // namespace runnel::debug
