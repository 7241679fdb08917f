// A2: runs blocking code in four threads; the results are in the order of the inputs.
#include <barrier>
#include <functional>
#include <iostream>
#include <set>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <runnel/async/gather.hpp>
#include <runnel/io/executor.hpp>
#include <runnel/io/run.hpp>

using namespace runnel;

using Answer = std::pair<std::size_t, std::thread::id>;

/// Blocks its thread until four threads have arrived.
Answer long_task(const std::string& text, std::barrier<>& four) {
    four.arrive_and_wait();
    return {text.size(), std::this_thread::get_id()};
}

Task<Answer> in_a_thread(Executor& executor, std::string text, std::barrier<>& four) {
    co_return co_await executor.run(long_task, std::move(text), std::ref(four));
}

Task<void> print_lengths(Loop& loop) {
    const std::vector<std::string> inputs = {"a",     "aa",     "aaa",     "aaaa",
                                             "aaaaa", "aaaaaa", "aaaaaaa", "aaaaaaaa"};
    std::barrier<> four(4);
    Executor executor(loop, 4);
    std::vector<Task<Answer>> tasks;
    tasks.reserve(inputs.size());
    for (const std::string& input : inputs) {
        tasks.push_back(in_a_thread(executor, input, four));
    }
    const std::vector<Answer> results = co_await gather(std::move(tasks));
    std::set<std::thread::id> threads;
    for (std::size_t i = 0; i < inputs.size(); ++i) {
        std::cout << inputs[i] << ' ' << results[i].first << '\n';
        threads.insert(results[i].second);
    }
    std::cout << "four at a time, in " << threads.size() << " threads\n";
}

int main() { run(print_lengths); }
