// C11: an event wakes all its waiters, a lock excludes other tasks across a wait, and a semaphore
// admits a limited number of tasks.
#include <algorithm>
#include <iostream>
#include <string>
#include <vector>

#include <runnel/async/event.hpp>
#include <runnel/async/gather.hpp>
#include <runnel/async/lock.hpp>
#include <runnel/async/semaphore.hpp>
#include <runnel/async/sleep.hpp>
#include <runnel/io/run.hpp>

using namespace runnel;

Task<void> wait_for(std::string name, Event& event) {
    co_await event.wait();
    std::cout << name << " continues\n";
}

Task<void> set(Event& event) {
    co_await yield_now();
    std::cout << "the event is set\n";
    event.set();
}

Task<void> write_twice(std::string name, Lock& lock) {
    const Permit guard = co_await lock.acquire();
    std::cout << name << " begins\n";
    co_await yield_now();
    std::cout << name << " ends\n";
}

Task<void> go_in(Semaphore& semaphore, int& inside, int& most) {
    const Permit permit = co_await semaphore.acquire();
    most = std::max(most, ++inside);
    co_await yield_now();
    --inside;
}

Task<void> show() {
    Event event;
    Lock lock;
    Semaphore semaphore(2);
    int inside = 0;
    int most = 0;
    std::vector<Task<void>> tasks;
    tasks.push_back(wait_for("the first", event));
    tasks.push_back(wait_for("the second", event));
    tasks.push_back(set(event));
    co_await gather(std::move(tasks));
    tasks.clear();
    tasks.push_back(write_twice("one", lock));
    tasks.push_back(write_twice("the other", lock));
    co_await gather(std::move(tasks));
    tasks.clear();
    for (int i = 0; i < 7; ++i) {
        tasks.push_back(go_in(semaphore, inside, most));
    }
    co_await gather(std::move(tasks));
    std::cout << "never more than " << most << " of 7 are inside\n";
}

int main() { run(show()); }
