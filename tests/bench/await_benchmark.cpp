#include <benchmark/benchmark.h>

#include "async/run.hpp"
#include "io/loop.hpp"

/// What an await costs when the awaited task ends at once, its frame included.
namespace runnel {
namespace {

[[gnu::noinline]] Task<void> nothing() { co_return; }
[[gnu::noinline]] Task<int> number(int value) { co_return value; }

Task<void> await_nothing(benchmark::State& state) {
    for ([[maybe_unused]] auto round : state) {
        co_await nothing();
    }
}

Task<void> await_number(benchmark::State& state) {
    int sum = 0;
    for ([[maybe_unused]] auto round : state) {
        const int value = co_await number(1);
        sum += value;
    }
    benchmark::DoNotOptimize(sum);
}

void await_task(benchmark::State& state) {
    Loop loop;
    run(loop, await_nothing(state));
}
BENCHMARK(await_task);

void await_task_with_value(benchmark::State& state) {
    Loop loop;
    run(loop, await_number(state));
}
BENCHMARK(await_task_with_value);

}  // namespace
}  // namespace runnel

BENCHMARK_MAIN();
