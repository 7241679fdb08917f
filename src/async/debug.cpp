#include "async/debug.hpp"

#include <fmt/format.h>

#include <cstdio>
#include <cstdlib>
#include <mutex>
#include <utility>

namespace runnel::debug {

namespace {

/// Called once, before threads are started.
bool requested_by_environment() {
    const char* value = std::getenv("RUNNEL_DEBUG");  // NOLINT(concurrency-mt-unsafe)
    return value != nullptr && *value != '\0' && std::string_view(value) != "0";
}

struct ReporterSlot {
    std::mutex mutex;
    Reporter reporter;
};

ReporterSlot& slot() {
    static ReporterSlot slot;
    return slot;
}

thread_local int drops_on_purpose = 0;

}  // namespace

std::atomic<bool> detail::enabled = requested_by_environment();

void enable(bool on) noexcept { detail::enabled.store(on, std::memory_order_relaxed); }

void report_to(Reporter reporter) {
    const std::lock_guard<std::mutex> lock(slot().mutex);
    slot().reporter = std::move(reporter);
}

void write_warning(std::string_view warning) {
    const std::string line = fmt::format("runnel: debug: {}\n", warning);
    // A closed or full stderr must not end the program.
    static_cast<void>(std::fwrite(line.data(), 1, line.size(), stderr));
}

void report(std::string_view warning) noexcept {
    if (!enabled()) {
        return;
    }
    const std::lock_guard<std::mutex> lock(slot().mutex);
    if (slot().reporter) {
        slot().reporter(warning);
    } else {
        write_warning(warning);
    }
}

DropOnPurpose::DropOnPurpose() noexcept { ++drops_on_purpose; }
DropOnPurpose::~DropOnPurpose() { --drops_on_purpose; }

void report_never_awaited(SourcePlace defined) noexcept {
    if (enabled() && drops_on_purpose == 0) {
        report(fmt::format("a task of {} was never awaited", to_string(defined)));
    }
}

void report_unseen(const std::exception_ptr& failure, SourcePlace made) noexcept {
    if (enabled()) {
        report(fmt::format("the failure of the task from {} was never looked at: {}",
                           to_string(made), describe(failure)));
    }
}

std::string to_string(SourcePlace place) {
    const std::string_view file = place.file;
    const std::size_t slash = file.rfind('/');
    const std::string_view name = slash == std::string_view::npos ? file : file.substr(slash + 1);
    // Template arguments can be longer than all the rest, such as the types of lambdas.
    const std::string_view function = place.function;
    return fmt::format("{}:{} ({})", name, place.line, function.substr(0, function.find('<')));
}

std::string describe(const std::exception_ptr& failure) {
    try {
        std::rethrow_exception(failure);
    } catch (const std::exception& exception) {
        return exception.what();
    } catch (...) {
        return "an exception not derived from std::exception";
    }
}

}  // namespace runnel::debug
