// C13: a stream is a loop over awaits. Destroying it closes its source. Adapters can be combined.
#include <algorithm>
#include <chrono>
#include <iostream>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <runnel/async/sleep.hpp>
#include <runnel/async/stream_batches.hpp>
#include <runnel/async/stream_buffered.hpp>
#include <runnel/async/stream_lines.hpp>
#include <runnel/async/stream_map.hpp>
#include <runnel/io/run.hpp>

using namespace runnel;
using namespace std::chrono_literals;

/// Is open while it lives. Returns numbers as text, in chunks that are cut anywhere.
class Source {
public:
    Source() { std::cout << "opened\n"; }
    Source(const Source&) = delete;
    Source& operator=(const Source&) = delete;
    ~Source() { std::cout << "closed\n"; }

    std::optional<std::string> read() {
        return next_ < chunks_.size() ? std::optional(chunks_[next_++]) : std::nullopt;
    }

private:
    std::vector<std::string> chunks_ = {"9", "0\n3", "0\n60\n", "120\n1", "50"};
    std::size_t next_ = 0;
};

Task<std::optional<std::string>> pull(std::unique_ptr<Source>& source) {
    co_await yield_now();
    co_return source->read();
}

Task<void> show() {
    const Context& context = co_await this_task::context();
    int inside = 0;
    int most = 0;
    const auto twice = [&](int number) -> Task<int> {
        most = std::max(most, ++inside);
        co_await sleep_for(std::chrono::milliseconds(number));
        --inside;
        co_return 2 * number;
    };
    auto lines = split_lines(make_stream(std::make_unique<Source>(), pull));
    auto numbers = map(std::move(lines), [](const std::string& line) { return std::stoi(line); });
    auto doubles = buffered(context, std::move(numbers), 2, twice);
    auto pairs = batches(context, std::move(doubles), 2, 1h);
    while (auto pair = co_await pairs.next()) {
        const bool alone = pair->size() == 1;
        std::cout << pair->front() << ' ' << (alone ? "alone" : std::to_string(pair->back()))
                  << '\n';
    }
    std::cout << "at once: " << most << '\n';
}

int main() { run(show()); }
