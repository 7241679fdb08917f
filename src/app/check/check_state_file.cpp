#include "app/check/check_state_file.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <chrono>

#include "async/sleep.hpp"
#include "base/read_file.hpp"

namespace runnel {

namespace {

/// Maximum wait for the lock, and interval of the attempts to take it.
constexpr Duration kLockLimit = std::chrono::seconds(1);
/// Maximum wait for a pipe in place of the file, which blocks the loop.
constexpr Duration kReadLimit = std::chrono::milliseconds(100);
constexpr Duration kLockPause = std::chrono::milliseconds(5);

}  // namespace

Result<void> CheckStateFile::open(const std::string& name) {
    name_ = name;
    if (name.empty()) {
        return {};
    }
    RUNNEL_TRY(read());
    return next_.open(name);
}

/// Returns the history in the file; an empty one before the first run.
Result<CheckHistory> CheckStateFile::read() const {
    const Result<std::string> text = read_file(name_);
    if (!text) {
        const Error& error = text.error();
        return error.code() == ENOENT ? Result<CheckHistory>(CheckHistory())
                                      : bad_input("--state: " + error.message(), error.code());
    }
    Result<CheckHistory> history = CheckHistory::parse(*text);
    return history ? std::move(history)
                   : bad_input(fmt::format("--state: {}:{}; remove the file to start over, or name "
                                           "another one",
                                           name_, history.error().message()));
}

Task<Result<bool>> CheckStateFile::lock() {
    const Context& context = co_await this_task::context();
    const Deadline limit = Deadline::after(context.scheduler->now(), kLockLimit);
    for (;;) {
        Result<bool> taken = lock_.take(name_ + ".lock");
        if (!taken || *taken || limit.passed(context.scheduler->now())) {
            co_return taken;
        }
        co_await sleep_for(kLockPause);
    }
}

Task<Result<void>> CheckStateFile::update(std::vector<CheckResult>& results,
                                          const FlapRules& rules) {
    RUNNEL_CO_TRY_ASSIGN(const bool locked, co_await lock());
    if (!locked) {
        co_return Error(ErrorClass::HostDown,
                        fmt::format("--state: another run holds {}.lock", name_));
    }
    ReadLimit limit(Deadline::after(Clock::now(), kReadLimit));
    RUNNEL_CO_TRY_ASSIGN(CheckHistory history, read());
    for (CheckResult& result : results) {
        history.update(result, rules);
    }
    co_return next_.write(history.to_text());
}

}  // namespace runnel
