// B2: nine tasks with different durations end in their order when each waits for the previous one,
// and the shortest first when they run concurrently.
#include <array>
#include <chrono>
#include <iostream>
#include <vector>

#include <runnel/async/as_completed.hpp>
#include <runnel/async/sleep.hpp>
#include <runnel/io/run.hpp>

using namespace runnel;

/// Durations in random order (ms).
constexpr std::array<int, 9> kSpans = {70, 30, 40, 10, 50, 60, 90, 80, 20};

/// All durations count from one start, so that the order does not depend on the load.
Task<int> job(int number, TimePoint start) {
    const std::chrono::milliseconds span(kSpans.at(static_cast<std::size_t>(number) - 1));
    co_await sleep_until(Deadline(start + span));
    co_return number;
}

Task<void> one_after_another(Loop& loop) {
    std::cout << "one after another:\n";
    for (int number = 1; number <= 9; ++number) {
        const int done = co_await job(number, loop.now());
        std::cout << "task " << done << " is done\n";
    }
}

Task<void> concurrently(Loop& loop) {
    std::cout << "concurrently:\n";
    const TimePoint start = loop.now();
    std::vector<Task<int>> jobs;
    for (int number = 1; number <= 9; ++number) {
        jobs.push_back(job(number, start));
    }
    const Context& context = co_await this_task::context();
    AsCompleted<int> results(context, std::move(jobs));
    while (auto next = co_await results.next()) {
        std::cout << "task " << next->outcome.get() << " is done\n";
    }
}

Task<void> compare(Loop& loop) {
    co_await one_after_another(loop);
    co_await concurrently(loop);
}

int main() { run(compare); }
