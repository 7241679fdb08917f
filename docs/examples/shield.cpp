// D11: two updates that belong together. A cancellation after the first one prevents the second,
// but not under a shield.
#include <chrono>
#include <iostream>

#include <runnel/async/event.hpp>
#include <runnel/async/shield.hpp>
#include <runnel/async/sleep.hpp>
#include <runnel/async/task_group.hpp>
#include <runnel/io/run.hpp>

using namespace runnel;
using namespace std::chrono_literals;

Task<void> update(int number) {
    co_await sleep_for(20ms);
    std::cout << "update " << number << '\n';
}

Task<void> both_updates(Event& first_is_made) {
    co_await update(1);
    first_is_made.set();
    co_await update(2);
}

Task<void> shielded_updates(Event& first_is_made) {
    co_await shield(both_updates(first_is_made));
    std::cout << "the shield ends, and the next wait is cancelled\n";
    co_await sleep_for(1h);
    std::cout << "never reached\n";
}

Task<void> cancel_in_between(TaskGroup& group, Event& first_is_made) {
    co_await first_is_made.wait();
    std::cout << "cancel\n";
    group.request_stop();
}

Task<void> compare() {
    const Context& context = co_await this_task::context();
    Event first_is_made;
    TaskGroup group(context);
    std::cout << "without a shield:\n";
    group.start(both_updates(first_is_made));
    group.start(cancel_in_between(group, first_is_made));
    co_await group.join();

    first_is_made.clear();
    TaskGroup other_group(context);
    std::cout << "under a shield:\n";
    other_group.start(shielded_updates(first_is_made));
    other_group.start(cancel_in_between(other_group, first_is_made));
    co_await other_group.join();
}

int main() { run(compare()); }
