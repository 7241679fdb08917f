// D10: a background task belongs to an object, which cancels it and waits for its end.
#include <chrono>
#include <iostream>
#include <string>

#include <runnel/async/event.hpp>
#include <runnel/async/sleep.hpp>
#include <runnel/async/task_group.hpp>
#include <runnel/io/run.hpp>

using namespace runnel;
using namespace std::chrono_literals;

/// Sets its values in the background. Await finish() or cancel() before destroying it.
class Settings {
public:
    explicit Settings(const Context& context) : background_(context) {
        background_.start(set_all());
    }

    /// Waits until all values are set.
    Task<void> finish() { co_await background_.join(); }
    /// Cancels the task and waits for its end.
    Task<void> cancel() {
        background_.request_stop();
        co_await background_.join();
    }

    Event foo_is_set;

private:
    Task<void> set_all() {
        co_await set("foo", "bar");
        foo_is_set.set();
        co_await set("baz", "zap");
    }
    Task<void> set(std::string name, std::string value) {
        co_await sleep_for(60ms);
        std::cout << name << " = " << value << '\n';
    }

    TaskGroup background_;
};

Task<void> show() {
    const Context& context = co_await this_task::context();
    Settings settings(context);
    co_await settings.finish();
    std::cout << "finished\n";

    Settings others(context);
    co_await others.foo_is_set.wait();
    co_await others.cancel();
    std::cout << "cancelled before the second\n";
}

int main() { run(show()); }
