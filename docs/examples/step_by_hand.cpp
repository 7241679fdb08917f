// C2: steps a coroutine by hand. A call does not run it; once started, it runs to its first wait,
// and each turn of the loop runs it to the next one. Its end is noticed one turn later. The loop
// has virtual time.
#include <chrono>
#include <iostream>

#include <runnel/async/fake_loop.hpp>
#include <runnel/async/sleep.hpp>
#include <runnel/async/task_group.hpp>

using namespace runnel;
using namespace std::chrono_literals;

Task<void> hello() {
    std::cout << "Hello\n";
    co_await sleep_for(1h);
    std::cout << "World\n";
    co_await yield_now();
    std::cout << "!\n";
}

int main() {
    FakeLoop loop;
    Context context;
    context.scheduler = &loop;
    TaskGroup group(context);

    std::cout << "the task exists and does not run\n";
    Task<void> task = hello();

    std::cout << "started:\n";
    group.start(std::move(task));

    for (int step = 1; group.running() > 0; ++step) {
        loop.turn();
        std::cout << "turn " << step << " is over, hours passed: " << loop.elapsed() / 1h
                  << ", tasks: " << group.running() << '\n';
    }
    std::cout << (loop.turn() ? "something is left\n" : "nothing is left to do\n");
}
