// B1: tasks switch only where they wait.
#include <iostream>
#include <vector>

#include <runnel/async/gather.hpp>
#include <runnel/async/sleep.hpp>
#include <runnel/io/run.hpp>

using namespace runnel;

Task<void> foo() {
    std::cout << "foo runs\n";
    co_await yield_now();
    std::cout << "foo continues: bar has also yielded\n";
}

Task<void> bar() {
    std::cout << "bar runs: foo has yielded\n";
    co_await yield_now();
    std::cout << "bar continues: foo has ended\n";
}

Task<void> both() {
    std::vector<Task<void>> tasks;
    tasks.push_back(foo());
    tasks.push_back(bar());
    std::cout << "two tasks exist; neither runs yet\n";
    co_await gather(std::move(tasks));
}

int main() { run(both()); }
