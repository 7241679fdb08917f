// C2: a coroutine, stepped by hand. Calling it runs nothing; once started, it runs until it waits,
// and each turn of the loop takes it to the next wait; its end is reported in a turn of its own.
// The time of this loop is virtual.
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

    std::cout << "made, and nothing runs\n";
    Task<void> task = hello();

    std::cout << "started:\n";
    group.start(std::move(task));

    for (int step = 1; group.running() > 0; ++step) {
        loop.turn();
        std::cout << "turn " << step << " is over, hours that have passed: " << loop.elapsed() / 1h
                  << ", tasks: " << group.running() << '\n';
    }
    std::cout << (loop.turn() ? "something is left\n" : "nothing is left to do\n");
}
