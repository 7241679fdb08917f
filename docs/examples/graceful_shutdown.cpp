// D8: SIGTERM ends the program gracefully: it accepts no more jobs and finishes those that it has
// accepted. The program sends the signal to itself.
#include <chrono>
#include <csignal>
#include <iostream>

#include <runnel/async/queue.hpp>
#include <runnel/async/sleep.hpp>
#include <runnel/async/task_group.hpp>
#include <runnel/io/run.hpp>
#include <runnel/io/signals.hpp>

using namespace runnel;
using namespace std::chrono_literals;

Task<void> accept(Queue<int>& jobs) {
    int job = 1;
    while (co_await jobs.put(job)) {
        std::cout << "job " << job << " is accepted\n";
        if (job == 3) {
            static_cast<void>(std::raise(SIGTERM));
            co_await sleep_for(100ms);
        }
        ++job;
    }
    std::cout << "job " << job << " is refused\n";
}

Task<void> work(Queue<int>& jobs) {
    while (const auto job = co_await jobs.get()) {
        co_await sleep_for(200ms);
        std::cout << "job " << *job << " is finished\n";
    }
}

Task<void> close_on_signal(Signals& signals, Queue<int>& jobs) {
    const int signal = co_await signals.next();
    std::cout << (signal == SIGTERM ? "SIGTERM" : "another signal") << ": no more jobs\n";
    jobs.close();
}

Task<void> serve(Loop& loop) {
    const Context& context = co_await this_task::context();
    Signals signals(loop);
    Queue<int> jobs(10);
    TaskGroup group(context);
    group.start(close_on_signal(signals, jobs));
    group.start(accept(jobs));
    group.start(work(jobs));
    co_await group.join();
    std::cout << "the end\n";
}

int main() { run(serve); }
