// C1: "hello", a pause, "world", twice: with a pause that blocks the thread and with one that does
// not.
#include <chrono>
#include <iostream>
#include <thread>
#include <vector>

#include <runnel/async/gather.hpp>
#include <runnel/async/sleep.hpp>
#include <runnel/io/run.hpp>

using namespace runnel;
using namespace std::chrono_literals;

Task<void> hello_blocking() {
    std::cout << "hello\n";
    std::this_thread::sleep_for(100ms);
    std::cout << "world\n";
    co_return;
}

Task<void> hello() {
    std::cout << "hello\n";
    co_await sleep_for(100ms);
    std::cout << "world\n";
}

Task<void> twice(Task<void> one, Task<void> other) {
    std::vector<Task<void>> tasks;
    tasks.push_back(std::move(one));
    tasks.push_back(std::move(other));
    co_await gather(std::move(tasks));
}

int main() {
    std::cout << "blocking:\n";
    run(twice(hello_blocking(), hello_blocking()));
    std::cout << "not blocking:\n";
    run(twice(hello(), hello()));
}
