// C4: a delayed call, a callback at the end of a task, and a wait with a timeout.
#include <chrono>
#include <iostream>
#include <string>

#include <runnel/async/call_later.hpp>
#include <runnel/async/sleep.hpp>
#include <runnel/async/task_group.hpp>
#include <runnel/async/timeout.hpp>
#include <runnel/io/run.hpp>

using namespace runnel;
using namespace std::chrono_literals;

constexpr Duration kPause = 200ms;

Task<std::string> sleep_and_return(Duration span) {
    co_await sleep_for(span);
    co_return "Hello World";
}

Task<void> wait_for(Loop& loop, Duration limit) {
    const Deadline deadline = Deadline::within(loop.now(), limit);
    const auto text = co_await timeout(sleep_and_return(kPause), deadline);
    std::cout << "waited for: " << text.value_or("not so long") << '\n';
}

Task<void> wait_twice(Loop& loop) {
    co_await wait_for(loop, kPause * 3 / 2);
    co_await wait_for(loop, kPause / 2);
}

Task<void> show(Loop& loop) {
    const Context& context = co_await this_task::context();
    const DelayedCall later =
        call_later(loop, kPause / 3, [] { std::cout << "called later: Hello World\n"; });
    DelayedCall never = call_later(loop, kPause / 3, [] { std::cout << "never called\n"; });
    never.cancel();

    TaskGroup group(context);
    TaskHandle<std::string> task = group.spawn(sleep_and_return(kPause * 2 / 3));
    task.on_done([&] { std::cout << "done: " << task.result() << '\n'; });
    group.start(wait_twice(loop));
    std::cout << "nothing has been called yet\n";
    co_await group.join();
    std::cout << (later.called() && !never.called() ? "one was called, one was not\n" : "wrong\n");
}

int main() { run(show); }
