// D5: a thread waits with a timeout for a task of another thread's loop, then cancels it.
#include <chrono>
#include <iostream>
#include <stdexcept>
#include <string>

#include <runnel/async/sleep.hpp>
#include <runnel/io/loop_thread.hpp>

using namespace runnel;
using namespace std::chrono_literals;

/// Prints when the task releases its resources.
class Cleanup {
public:
    Cleanup() = default;
    Cleanup(const Cleanup&) = delete;
    Cleanup& operator=(const Cleanup&) = delete;
    ~Cleanup() { std::cout << "the task has cleaned up\n"; }
};

Task<std::string> answer_after(Duration span) {
    const Cleanup cleanup;
    co_await sleep_for(span);
    co_return "42";
}

Task<std::string> fail() {
    co_await yield_now();
    throw std::runtime_error("no answer");
}

void ask(LoopThread& background, Task<std::string> task, Duration limit) {
    Future<std::string> future = background.submit(std::move(task));
    if (!future.wait_for(limit)) {
        std::cout << "the task took too long, cancelling it\n";
        future.cancel();
    }
    try {
        const std::string answer = future.get();
        std::cout << "the task returned " << answer << '\n';
    } catch (const Cancelled&) {
        std::cout << "the task was cancelled\n";
    } catch (const std::exception& error) {
        std::cout << "the task raised an exception: " << error.what() << '\n';
    }
}

int main() {
    LoopThread background;
    ask(background, answer_after(10ms), 10s);
    ask(background, answer_after(1h), 100ms);
    ask(background, fail(), 10s);
}
