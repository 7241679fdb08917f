// D7: a loop is a local variable that is passed on, never a global: two threads, two loops.
#include <chrono>
#include <iostream>
#include <thread>

#include <runnel/async/sleep.hpp>
#include <runnel/io/run.hpp>

using namespace runnel;
using namespace std::chrono_literals;

/// The time and thread of the work of one loop.
struct Span {
    TimePoint from;
    TimePoint to;
    std::thread::id thread;
};

Task<void> work(Loop& loop, Span& span) {
    span.from = loop.now();
    co_await sleep_for(200ms);
    span.to = loop.now();
    span.thread = std::this_thread::get_id();
}

void run_a_loop(Span& span) {
    Loop loop;
    run(loop, work(loop, span));
}

int main() {
    Span one;
    Span other;
    std::thread first([&] { run_a_loop(one); });
    std::thread second([&] { run_a_loop(other); });
    first.join();
    second.join();
    const bool apart = one.thread != other.thread && one.thread != std::this_thread::get_id();
    const bool at_once = one.from < other.to && other.from < one.to;
    std::cout << (apart ? "two threads, two loops\n" : "on one thread\n")
              << (at_once ? "at the same time\n" : "one after another\n");
}
