// C9: two workers share a queue, as goroutines share a channel. When all items are done, the
// workers are cancelled.
#include <chrono>
#include <iomanip>
#include <iostream>
#include <optional>
#include <stdexcept>
#include <string>

#include <runnel/async/queue.hpp>
#include <runnel/async/sleep.hpp>
#include <runnel/async/task_group.hpp>
#include <runnel/io/run.hpp>

using namespace runnel;
using namespace std::chrono_literals;
using Milliseconds = std::chrono::milliseconds;

Task<void> work(std::string name, Queue<Milliseconds>& queue) {
    while (true) {
        const std::optional<Milliseconds> span = co_await queue.get();
        co_await sleep_for(*span);
        queue.task_done();
        std::cout << name << " has slept for " << std::fixed << std::setprecision(2)
                  << std::chrono::duration<double>(*span).count() << " seconds\n";
    }
}

Task<void> hand_out(Queue<Milliseconds>& queue, TaskGroup& workers) {
    for (const Milliseconds span : {200ms, 100ms, 250ms}) {
        if (!queue.try_put(Milliseconds(span))) {
            throw std::length_error("the queue is full");
        }
    }
    co_await queue.join();
    std::cout << "all is done\n";
    workers.request_stop();
}

Task<void> share() {
    const Context& context = co_await this_task::context();
    Queue<Milliseconds> queue(3);
    TaskGroup workers(context);
    workers.start(work("worker 1", queue));
    workers.start(work("worker 2", queue));
    workers.start(hand_out(queue, workers));
    co_await workers.join();
    std::cout << "all workers have ended: " << workers.running() << " left\n";
}

int main() { run(share()); }
