// C5: a computation without awaits starves the other tasks. It can yield to them, or run in a
// thread (or in a process, see process_pool.cpp).
#include <chrono>
#include <cstdint>
#include <iostream>
#include <vector>

#include <runnel/async/gather.hpp>
#include <runnel/async/sleep.hpp>
#include <runnel/io/executor.hpp>
#include <runnel/io/run.hpp>

using namespace runnel;
using namespace std::chrono_literals;

std::uint64_t sum(std::uint64_t first, std::uint64_t last) {
    std::uint64_t sum = 0;
    for (std::uint64_t number = first; number <= last; ++number) {
        sum += number;
    }
    return sum;
}

Task<void> compute(bool yields) {
    std::cout << "computing\n";
    std::uint64_t total = 0;
    for (std::uint64_t first = 1; first < 1'000'000; first += 100'000) {
        total += sum(first, first + 99'999);
        if (yields) {
            co_await yield_now();
        }
    }
    std::cout << "done: " << total << '\n';
}

Task<void> compute_in_a_thread(Executor& executor) {
    std::cout << "computing\n";
    const std::uint64_t total = co_await executor.run(sum, 1, 1'000'000);
    std::cout << "done: " << total << '\n';
}

Task<void> hello() {
    std::cout << "hello\n";
    co_await sleep_for(250ms);
    std::cout << "world\n";
}

Task<void> beside_two_others(const char* how, Task<void> computing) {
    std::cout << how << ":\n";
    std::vector<Task<void>> tasks;
    tasks.push_back(std::move(computing));
    tasks.push_back(hello());
    tasks.push_back(hello());
    co_await gather(std::move(tasks));
}

Task<void> show(Loop& loop) {
    co_await beside_two_others("without an await", compute(false));
    co_await beside_two_others("yielding to the others", compute(true));
    Executor executor(loop, 1);
    co_await beside_two_others("in a thread", compute_in_a_thread(executor));
}

int main() { run(show); }
