// D2: a pool of processes for CPU-bound work. They are started in advance: this program again,
// which as a worker answers each line with a line.
#include <chrono>
#include <cstdint>
#include <iostream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include <runnel/async/gather.hpp>
#include <runnel/io/process_pool.hpp>
#include <runnel/io/run.hpp>

using namespace runnel;
using namespace std::chrono_literals;

bool is_prime(std::uint64_t n) {
    std::uint64_t divisor = 2;
    while (divisor <= n / divisor && n % divisor != 0) {
        ++divisor;
    }
    return n > 1 && divisor > n / divisor;
}

void work() {
    for (std::string line; std::getline(std::cin, line);) {
        std::cout << (is_prime(std::stoull(line)) ? "is prime\n" : "is not prime\n") << std::flush;
    }
}

Task<std::string> ask(ProcessPool& pool, std::string number) {
    const Result<std::string> answer = co_await pool.ask(number);
    co_return number + ' ' + (answer ? answer.value() : answer.error().message());
}

Task<void> ask_all(Loop& loop, std::string program) {
    const ProcessOptions worker({program, "--worker"});
    auto pool = ProcessPool::start(loop, ProcessPoolOptions(worker, 3));
    if (!pool) {
        throw std::runtime_error(pool.error().message());
    }
    std::cout << "idle processes: " << (*pool)->started() << '\n';
    std::vector<Task<std::string>> questions;
    for (const char* number :
         {"112272535095293", "112582705942171", "115280095190773", "1099726899285419", "12"}) {
        questions.push_back(ask(**pool, number));
    }
    const std::vector<std::string> answers = co_await gather(std::move(questions));
    for (const std::string& answer : answers) {
        std::cout << answer << '\n';
    }
    const Result<void> closed = co_await (*pool)->close(10s);
    std::cout << (closed ? "ended: " : closed.error().message()) << (*pool)->started() << '\n';
}

int main(int argc, char** argv) {
    if (argc == 2 && argv[1] == std::string_view("--worker")) {
        work();
    } else {
        run([&](Loop& loop) { return ask_all(loop, argv[0]); });
    }
}
