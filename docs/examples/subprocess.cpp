// C8: a child process with pipes for input and output. Its lines are printed as they arrive; then
// it is terminated.
#include <chrono>
#include <iostream>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>

#include <runnel/async/event.hpp>
#include <runnel/async/task_group.hpp>
#include <runnel/io/line_stream.hpp>
#include <runnel/io/process.hpp>
#include <runnel/io/run.hpp>

using namespace runnel;
using namespace std::chrono_literals;

template <class T>
T valid(Result<T> result) {
    if (!result) {
        throw std::runtime_error(result.error().message());
    }
    if constexpr (!std::is_void_v<T>) {
        return std::move(result).value();
    }
}

Task<void> log_lines(ByteStream& output, Event& world) {
    LineStream lines(output);
    while (const std::optional<Line> line = valid(co_await lines.next())) {
        std::cout << "tee says: " << line->text << '\n';
        if (line->text == "World") {
            world.set();
        }
    }
}

Task<void> talk(Process& process, TaskGroup& group) {
    Event world;
    TaskHandle<> logger = group.spawn(log_lines(process.out(), world));
    valid(co_await process.in().write("Hello\n"));
    valid(co_await process.in().write("World\n"));
    co_await world.wait();
    logger.cancel();
    co_await logger.wait();
    const ProcessEnding ending = valid(co_await process.terminate(10s));
    std::cout << "tee " << ending.to_string() << '\n';
}

Task<void> show(Loop& loop) {
    const Context& context = co_await this_task::context();
    ProcessOptions options({"tee", "--"});
    options.in = Stdio::pipe();
    options.out = Stdio::pipe();
    const std::unique_ptr<Process> process = valid(Process::start(loop, options));
    TaskGroup group(context);
    group.start(talk(*process, group));
    co_await group.join();
}

int main() { run(show); }
