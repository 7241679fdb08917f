// B1: the points at which tasks switch: at their waits, and nowhere else.
#include <iostream>
#include <vector>

#include <runnel/async/gather.hpp>
#include <runnel/async/sleep.hpp>
#include <runnel/io/run.hpp>

using namespace runnel;

Task<void> foo() {
    std::cout << "foo runs\n";
    co_await yield_now();
    std::cout << "foo goes on: bar has handed over as well\n";
}

Task<void> bar() {
    std::cout << "bar runs: foo has handed over\n";
    co_await yield_now();
    std::cout << "bar goes on: foo has ended\n";
}

Task<void> both() {
    std::vector<Task<void>> tasks;
    tasks.push_back(foo());
    tasks.push_back(bar());
    std::cout << "two tasks are made, and nothing runs yet\n";
    co_await gather(std::move(tasks));
}

int main() { run(both()); }
