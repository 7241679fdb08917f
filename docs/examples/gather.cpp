// A1: runs tasks concurrently; the results are in the order of the inputs.
#include <chrono>
#include <iostream>
#include <string>
#include <vector>

#include <runnel/async/gather.hpp>
#include <runnel/async/sleep.hpp>
#include <runnel/io/run.hpp>

using namespace runnel;
using namespace std::chrono_literals;

Task<std::size_t> long_task(std::string text) {
    co_await sleep_for(100ms);
    co_return text.size();
}

Task<void> print_lengths(Loop& loop) {
    const std::vector<std::string> inputs = {"a", "aa", "aaa"};
    const TimePoint start = loop.now();
    std::vector<Task<std::size_t>> tasks;
    for (const std::string& input : inputs) {
        tasks.push_back(long_task(input));
    }
    const std::vector<std::size_t> results = co_await gather(std::move(tasks));
    for (std::size_t i = 0; i < inputs.size(); ++i) {
        std::cout << inputs[i] << ' ' << results[i] << '\n';
    }
    const bool together = loop.now() - start < 200ms;
    std::cout << (together ? "all three at once\n" : "one after another\n");
}

int main() { run(print_lengths); }
