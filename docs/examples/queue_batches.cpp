// A6: batches from a queue: up to three items, or those that arrive in time. Batches are processed
// concurrently; each item is marked done, and when all are done, the consumer is cancelled.
#include <chrono>
#include <iostream>
#include <vector>

#include <runnel/async/queue.hpp>
#include <runnel/async/sleep.hpp>
#include <runnel/async/task_group.hpp>
#include <runnel/io/run.hpp>

using namespace runnel;
using namespace std::chrono_literals;

Task<void> process_batch(Queue<int>& queue, std::vector<int> batch) {
    std::cout << "a batch of " << batch.size() << ":";
    for (const int item : batch) {
        std::cout << ' ' << item;
    }
    std::cout << '\n';
    co_await sleep_for(120ms);
    for (std::size_t i = 0; i < batch.size(); ++i) {
        queue.task_done();
    }
}

Task<void> consume(Loop& loop, Queue<int>& queue, TaskGroup& tasks) {
    while (true) {
        std::vector<int> batch;
        const Deadline in_time = Deadline::after(loop.now(), 80ms);
        while (const auto item = co_await queue.get_until(in_time)) {
            batch.push_back(*item);
            if (batch.size() == 3) {
                break;
            }
        }
        if (!batch.empty()) {
            tasks.start(process_batch(queue, std::move(batch)));
        }
    }
}

Task<void> produce(Queue<int>& queue, TaskGroup& tasks) {
    for (int item = 1; item <= 7; ++item) {
        if (item == 6) {
            co_await sleep_for(250ms);
        }
        static_cast<void>(co_await queue.put(item));
    }
    std::cout << "everything is in the queue\n";
    co_await queue.join();
    std::cout << "everything is done, cancelling the consumer\n";
    tasks.request_stop();
}

Task<void> run_queue(Loop& loop) {
    const Context& context = co_await this_task::context();
    Queue<int> queue(100);
    TaskGroup tasks(context);
    tasks.start(consume(loop, queue, tasks));
    tasks.start(produce(queue, tasks));
    co_await tasks.join();
}

int main() { run(run_queue); }
