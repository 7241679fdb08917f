// D12: no exception has a special meaning for the library, so none gets lost. An exception reaches
// the caller through any number of layers, and the end of a stream is a value, never an exception.
#include <iostream>
#include <optional>
#include <stdexcept>
#include <vector>

#include <runnel/async/gather.hpp>
#include <runnel/async/queue.hpp>
#include <runnel/async/sleep.hpp>
#include <runnel/async/timeout.hpp>
#include <runnel/async/when_any.hpp>
#include <runnel/io/run.hpp>

using namespace runnel;

Task<int> deepest() {
    co_await yield_now();
    throw std::out_of_range("batman");
}

Task<int> deep() { co_return co_await deepest(); }

Task<int> in_time() {
    const std::optional<int> value = co_await timeout(deep(), Deadline::never());
    co_return value.value_or(0);
}

Task<int> beside_others() {
    std::vector<Task<int>> tasks;
    tasks.push_back(deep());
    const std::vector<int> values = co_await gather(std::move(tasks));
    co_return values.front();
}

Task<int> before_others() {
    std::vector<Task<int>> tasks;
    tasks.push_back(deep());
    First<int> first = co_await when_any(std::move(tasks));
    co_return first.outcome.get();
}

Task<int> behind_the_last_item() {
    Queue<int> queue(1);
    queue.close();
    const std::optional<int> item = co_await queue.get();
    co_return item.value_or(0);
}

void print(const char* what, Task<int> task) {
    try {
        const int value = run(std::move(task));
        std::cout << what << ": " << value << '\n';
    } catch (const std::exception& error) {
        std::cout << what << ": " << error.what() << '\n';
    }
}

int main() {
    print("awaited", deep());
    print("under a timeout", in_time());
    print("gathered", beside_others());
    print("the first of several", before_others());
    print("a stream that has ended", behind_the_last_item());
}
