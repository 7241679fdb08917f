#pragma once

#include <cstddef>
#include <numeric>
#include <optional>
#include <stdexcept>
#include <utility>
#include <vector>

#include "async/sleep.hpp"
#include "async/stream.hpp"

/// Small streams, and readers of streams, for tests.
namespace runnel::test {

/// Returns 0, 1, 2 and so on.
inline std::vector<int> numbers(int count) {
    std::vector<int> all(static_cast<std::size_t>(count));
    std::iota(all.begin(), all.end(), 0);
    return all;
}

/// One step of a stream of numbers: waits for `after`, then returns a number or fails.
struct Step {
    Duration after = Duration::zero();
    bool fails = false;
};

/// Returns 0, 1, 2 and so on, one for each step; a failing step uses no number. A stopped step is
/// repeated.
inline AsyncStream<int> stepping(std::vector<Step> steps) {
    struct State {
        std::vector<Step> steps;
        std::size_t step = 0;
        int number = 0;
    };
    State state;
    state.steps = std::move(steps);
    return make_stream(std::move(state), [](State& at) -> Task<std::optional<int>> {
        if (at.step == at.steps.size()) {
            co_return std::nullopt;
        }
        const Step& step = at.steps[at.step];
        if (step.after > Duration::zero()) {
            co_await sleep_for(step.after);
        }
        ++at.step;
        if (step.fails) {
            throw std::runtime_error("the source failed");
        }
        co_return at.number++;
    });
}

/// \a count numbers, one every \a span.
inline AsyncStream<int> every(Duration span, int count) {
    Step step;
    step.after = span;
    return stepping(std::vector<Step>(static_cast<std::size_t>(count), step));
}

/// Returns all items until the end.
template <class T>
Task<std::vector<T>> all_of(AsyncStream<T> stream) {
    std::vector<T> items;
    while (std::optional<T> item = co_await stream.next()) {
        items.push_back(std::move(*item));
    }
    co_return items;
}

}  // namespace runnel::test
