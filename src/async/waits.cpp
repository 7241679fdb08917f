#include "async/waits.hpp"

#include <fmt/format.h>

#include <map>
#include <mutex>
#include <string_view>
#include <unordered_map>

#include "async/debug.hpp"
#include "async/waiter.hpp"
#include "base/type_name.hpp"

namespace runnel::debug {

namespace {

struct Wait {
    const runnel::detail::Waiter* what;
    std::coroutine_handle<> task;
};

/// The waits of all loops. Each wait is used on the thread of its own loop only.
struct Registry {
    std::mutex mutex;
    std::uint64_t last = 0;
    std::map<std::uint64_t, Wait> waits;
};

Registry& registry() {
    static Registry registry;
    return registry;
}

/// Returns the name of the awaiter's type without its suffix: `Event::Wait`.
std::string name_of(const runnel::detail::Waiter& waiter) {
    constexpr std::string_view kSuffix = "Awaiter";
    std::string name = type_name(typeid(waiter));
    if (name.ends_with(kSuffix)) {
        name.resize(name.size() - kSuffix.size());
    }
    return name;
}

std::string chain_of(const Wait& wait) {
    std::string chain = name_of(*wait.what);
    std::coroutine_handle<> task = wait.task;
    // The root is a Driver; its place adds nothing to that of its scope.
    while (runnel::detail::promise_of(task).parent) {
        chain += " <- " + to_string(runnel::detail::promise_of(task).at);
        task = runnel::detail::promise_of(task).parent;
    }
    return chain + " <- scope of " + to_string(runnel::detail::promise_of(task).context->made);
}

}  // namespace

std::uint64_t begin_wait(const runnel::detail::Waiter& what, std::coroutine_handle<> task) {
    const std::lock_guard<std::mutex> lock(registry().mutex);
    registry().waits.emplace(++registry().last, Wait{&what, task});
    return registry().last;
}

void end_wait(std::uint64_t number) noexcept {
    const std::lock_guard<std::mutex> lock(registry().mutex);
    registry().waits.erase(number);
}

std::vector<std::string> waits(const Scheduler& scheduler) {
    std::vector<std::string> chains;
    std::unordered_map<std::string, std::size_t> times;
    {
        const std::lock_guard<std::mutex> lock(registry().mutex);
        for (const auto& [number, wait] : registry().waits) {
            if (runnel::detail::promise_of(wait.task).context->scheduler != &scheduler) {
                continue;
            }
            std::string chain = chain_of(wait);
            if (++times[chain] == 1) {
                chains.push_back(std::move(chain));
            }
        }
    }
    for (std::string& chain : chains) {
        if (const std::size_t count = times[chain]; count > 1) {
            chain += fmt::format(" ({} times)", count);
        }
    }
    return chains;
}

void dump(const Scheduler& scheduler) {
    const std::vector<std::string> chains = waits(scheduler);
    report(fmt::format("{} different waits:", chains.size()));
    for (const std::string& chain : chains) {
        report(chain);
    }
}

}  // namespace runnel::debug
