// D1: runs the blocking calls of a database driver in a thread pool while the loop keeps turning in
// the main thread.
#include <chrono>
#include <iostream>
#include <string>
#include <thread>

#include <runnel/async/sleep.hpp>
#include <runnel/async/task_group.hpp>
#include <runnel/io/executor.hpp>
#include <runnel/io/run.hpp>

using namespace runnel;
using namespace std::chrono_literals;

/// Blocks, as most drivers do.
class Database {
public:
    explicit Database(std::string name) : name_(std::move(name)) {}

    std::thread::id connect() {
        std::this_thread::sleep_for(100ms);
        return std::this_thread::get_id();
    }
    std::string execute(const std::string& query) {
        std::this_thread::sleep_for(100ms);
        return name_ + " says 42 to " + query;
    }

private:
    std::string name_;
};

Task<void> count_turns(int& turns) {
    while (true) {
        co_await sleep_for(10ms);
        ++turns;
    }
}

Task<void> ask(Executor& pool, TaskGroup& group) {
    Database database("SQLite");
    const std::thread::id thread = co_await pool.run(&Database::connect, &database);
    const bool apart = thread != std::this_thread::get_id();
    std::cout << "connected, in " << (apart ? "another" : "the loop's") << " thread\n";
    const std::string answer = co_await pool.run(&Database::execute, &database, "SELECT 42");
    std::cout << answer << '\n';
    group.request_stop();
}

Task<void> show(Loop& loop) {
    const Context& context = co_await this_task::context();
    Executor pool(loop, 4);
    int turns = 0;
    TaskGroup group(context);
    group.start(count_turns(turns));
    group.start(ask(pool, group));
    co_await group.join();
    std::cout << (turns > 1 ? "the loop kept turning\n" : "the loop was blocked\n");
}

int main() { run(show); }
