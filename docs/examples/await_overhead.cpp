// C6: measures the cost of an await: a million plain calls against a million awaits of the same
// sum.
#include <chrono>
#include <iomanip>
#include <iostream>

#include <runnel/io/run.hpp>

using namespace runnel;

constexpr int kTimes = 1'000'000;

[[gnu::noinline]] long add(long a, long b) { return a + b; }

Task<long> add_awaited(long a, long b) { co_return a + b; }

void print(const char* what, Duration took, long sum) {
    const std::chrono::duration<double, std::nano> each = took / static_cast<double>(kTimes);
    std::cout << std::fixed << std::setprecision(1) << what << ": " << each.count()
              << " ns each, the sum is " << sum << '\n';
}

Task<void> measure(Loop& loop) {
    TimePoint start = loop.now();
    long sum = 0;
    for (int i = 0; i < kTimes; ++i) {
        sum = add(sum, i);
    }
    print("a call", loop.now() - start, sum);

    start = loop.now();
    sum = 0;
    for (int i = 0; i < kTimes; ++i) {
        sum = co_await add_awaited(sum, i);
    }
    print("an await", loop.now() - start, sum);
}

int main() { run(measure); }
