// B1: while two tasks wait, a third one uses the thread.
#include <chrono>
#include <iomanip>
#include <iostream>
#include <string>
#include <vector>

#include <runnel/async/gather.hpp>
#include <runnel/async/sleep.hpp>
#include <runnel/io/run.hpp>

using namespace runnel;
using namespace std::chrono_literals;

/// Time since the start of the program.
class Stopwatch {
public:
    explicit Stopwatch(const Loop& loop) : loop_(loop) {}
    void print(const std::string& what) const {
        const std::chrono::duration<double> passed = loop_.now() - start_;
        std::cout << std::fixed << std::setprecision(2) << what << ", at " << passed.count()
                  << " seconds\n";
    }

private:
    const Loop& loop_;
    TimePoint start_ = loop_.now();
};

Task<void> wait_for_a_service(std::string name, Duration span, const Stopwatch& watch) {
    watch.print(name + " asks its service");
    co_await sleep_for(span);
    watch.print(name + " has its answer");
}

Task<void> work(const Stopwatch& watch) {
    watch.print("the third one works while they wait");
    co_await sleep_for(60ms);
    watch.print("the third one is done");
}

Task<void> all_three(Loop& loop) {
    const Stopwatch watch(loop);
    std::vector<Task<void>> tasks;
    tasks.push_back(wait_for_a_service("the first", 200ms, watch));
    tasks.push_back(wait_for_a_service("the second", 300ms, watch));
    tasks.push_back(work(watch));
    co_await gather(std::move(tasks));
}

int main() { run(all_three); }
