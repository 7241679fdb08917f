// C7: ten quotes over HTTP: one at a time, all ten at once, and five at a time with a semaphore.
#include <chrono>
#include <iostream>
#include <string>
#include <vector>

#include <runnel/async/as_completed.hpp>
#include <runnel/async/semaphore.hpp>
#include <runnel/client/session.hpp>
#include <runnel/io/run.hpp>

using namespace runnel;

Task<std::string> fetch_quote(Session& session, std::string url) {
    const Result<Reply> reply = co_await session.get(url);
    if (!reply) {
        co_return reply.error().message();
    }
    const Result<std::string> quote = reply->json("/citation/citation");
    co_return quote ? quote.value() : quote.error().message();
}

Task<std::string> fetch_in_turn(Session& session, Semaphore& semaphore, std::string url) {
    const Permit permit = co_await semaphore.acquire();
    co_return co_await fetch_quote(session, url);
}

Task<void> print_as_they_come(std::vector<Task<std::string>> tasks) {
    const Context& context = co_await this_task::context();
    AsCompleted<std::string> quotes(context, std::move(tasks));
    while (auto next = co_await quotes.next()) {
        std::cout << next->outcome.get() << '\n';
    }
}

Task<void> compare(Loop& loop, std::string url) {
    Session session(loop);
    TimePoint start = loop.now();
    const auto print = [&](const char* how) {
        const auto took = loop.now() - std::exchange(start, loop.now());
        std::cout << how << " took: " << took / std::chrono::milliseconds(1) << " ms\n";
    };
    for (int i = 0; i < 10; ++i) {
        const std::string quote = co_await fetch_quote(session, url + "?sequential");
        std::cout << quote << '\n';
    }
    print("one at a time");

    Semaphore semaphore(5);
    std::vector<Task<std::string>> at_once;
    std::vector<Task<std::string>> in_turn;
    for (int i = 0; i < 10; ++i) {
        at_once.push_back(fetch_quote(session, url + "?together"));
        in_turn.push_back(fetch_in_turn(session, semaphore, url + "?semaphore"));
    }
    co_await print_as_they_come(std::move(at_once));
    print("all ten at once");
    co_await print_as_they_come(std::move(in_turn));
    print("five at a time");
}

int main(int argc, char** argv) {
    const std::string url = argc > 1 ? argv[1] : "http://127.0.0.1:8080";
    run([&](Loop& loop) { return compare(loop, url + "/quote"); });
}
