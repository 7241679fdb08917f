// C10: the debug mode reports on stderr, with their place, tasks that were never awaited, tasks
// that held the loop for too long, and failures that were never retrieved. The program enables it
// itself; RUNNEL_DEBUG=1 in the environment does the same without a change of the code.
#include <chrono>
#include <iostream>
#include <stdexcept>
#include <thread>

#include <runnel/async/debug.hpp>
#include <runnel/async/sleep.hpp>
#include <runnel/async/slow_callbacks.hpp>
#include <runnel/async/task_group.hpp>
#include <runnel/io/run.hpp>

using namespace runnel;
using namespace std::chrono_literals;

Task<void> forgotten() {
    std::cout << "never reached\n";
    co_return;
}

Task<void> block() {
    co_await yield_now();
    std::this_thread::sleep_for(350ms);
}

Task<void> fail(const char* why) {
    co_await yield_now();
    throw std::runtime_error(why);
}

Task<void> make_mistakes() {
    const Context& context = co_await this_task::context();
    std::cout << "a task that is never awaited\n";
    static_cast<void>(forgotten());

    std::cout << "a task that blocks\n";
    co_await block();

    std::cout << "two tasks that fail\n";
    TaskGroup group(context);
    group.spawn(fail("the disk is full"));
    group.spawn(fail("the printer is on fire"));
    try {
        co_await group.join();
    } catch (const std::runtime_error& error) {
        std::cout << "join() throws the first: " << error.what() << '\n';
    }
}

int main() {
    debug::enable();
    debug::slow_after(250ms);
    run(make_mistakes());
}
