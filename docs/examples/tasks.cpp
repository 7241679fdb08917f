// C3: tasks are created, inspected, awaited for their result, and cancelled.
#include <chrono>
#include <iostream>
#include <string>

#include <runnel/async/sleep.hpp>
#include <runnel/async/task_group.hpp>
#include <runnel/io/run.hpp>

using namespace runnel;
using namespace std::chrono_literals;

Task<std::string> sleep_and_return(Duration span) {
    co_await sleep_for(span);
    co_return "Hello World";
}

Task<void> watch(TaskGroup& group) {
    TaskHandle<std::string> task = group.spawn(sleep_and_return(60ms));
    TaskHandle<std::string> other = group.spawn(sleep_and_return(1h));
    std::cout << std::boolalpha << "is it done? " << task.is_done() << '\n';

    co_await task.wait();
    std::cout << "is it done? " << task.is_done() << '\n';
    std::cout << "its result: " << task.result() << '\n';

    std::cout << "is the other done? " << other.is_done() << '\n';
    other.cancel();
    co_await other.wait();
    std::cout << "is it cancelled? " << (other.state() == TaskState::Cancelled) << '\n';
}

Task<void> show() {
    const Context& context = co_await this_task::context();
    TaskGroup group(context);
    group.start(watch(group));
    co_await group.join();
    std::cout << "tasks left: " << group.running() << '\n';
}

int main() { run(show()); }
