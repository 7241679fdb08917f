// D4: a loop in its own thread, which runs when the constructor returns. It accepts tasks;
// finalize() ends it and returns the tasks that had to be cancelled.
#include <chrono>
#include <iostream>
#include <thread>

#include <runnel/async/debug.hpp>
#include <runnel/async/sleep.hpp>
#include <runnel/io/loop_thread.hpp>

using namespace runnel;
using namespace std::chrono_literals;

Task<std::thread::id> thread_of_the_loop() {
    co_await sleep_for(20ms);
    co_return std::this_thread::get_id();
}

Task<int> sum(int a, int b) {
    co_await sleep_for(20ms);
    co_return a + b;
}

Task<void> sleep_long() { co_await sleep_for(1h); }

int main() {
    LoopThread background;
    Future<std::thread::id> thread = background.submit(thread_of_the_loop());
    Future<int> five = background.submit(sum(2, 3));
    Future<void> sleeper = background.submit(sleep_long());
    std::cout << (thread.get() != std::this_thread::get_id() ? "in another thread\n" : "wrong\n");
    std::cout << "2 + 3 = " << five.get() << '\n';

    const LoopThread::Leftovers leftovers = background.finalize(100ms);
    for (const SourcePlace place : leftovers.cancelled) {
        std::cout << "cancelled: the task from " << debug::to_string(place) << '\n';
    }
    std::cout << "failures that were not retrieved: " << leftovers.failures.size() << '\n';

    Future<int> late = background.submit(sum(3, 4));
    const bool refused = late.state() == TaskState::Cancelled;
    std::cout << (refused ? "no more tasks are accepted\n" : "wrong\n");
}
