// B7: a spawned task is pending, then running, and finally done or cancelled. Its handle returns
// the state, calls back at the end, and returns the result or the exception.
#include <iostream>
#include <stdexcept>
#include <string>

#include <runnel/async/debug.hpp>
#include <runnel/async/event.hpp>
#include <runnel/async/sleep.hpp>
#include <runnel/async/task_group.hpp>
#include <runnel/io/run.hpp>

using namespace runnel;

Task<int> answer(Event& question) {
    co_await question.wait();
    co_return 42;
}

Task<int> fail(Event& question) {
    co_await question.wait();
    throw std::runtime_error("what was the question?");
}

void print_state(const char* task, TaskHandle<int> handle) {
    constexpr const char* kStates[] = {"pending", "running", "done", "cancelled"};
    std::cout << task << " is " << kStates[static_cast<int>(handle.state())];
    if (handle.state() == TaskState::Done) {
        const std::exception_ptr failure = handle.failure();
        std::cout << (failure ? ", its exception: " + debug::describe(failure)
                              : ", its result: " + std::to_string(handle.result()));
    }
    std::cout << '\n';
}

Task<void> watch(TaskGroup& group) {
    Event question;
    TaskHandle<int> good = group.spawn(answer(question));
    TaskHandle<int> bad = group.spawn(fail(question));
    TaskHandle<int> stopped = group.spawn(answer(question));
    good.on_done([good] { print_state("good", good); });
    bad.on_done([bad] { print_state("bad", bad); });
    stopped.on_done([stopped] { print_state("stopped", stopped); });
    print_state("good", good);
    co_await yield_now();
    print_state("good", good);
    print_state("stopped", stopped);
    stopped.cancel();
    co_await stopped.wait();
    question.set();
    co_await good.wait();
    co_await bad.wait();
}

Task<void> show() {
    const Context& context = co_await this_task::context();
    TaskGroup group(context);
    group.start(watch(group));
    co_await group.join();
}

int main() { run(show()); }
