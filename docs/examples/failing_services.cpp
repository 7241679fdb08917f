// B8, B9: one service breaks the connection and one returns an unexpected document. Each failure is
// reported and does not delay the other services.
#include <iostream>
#include <string>
#include <vector>

#include <runnel/async/as_completed.hpp>
#include <runnel/client/session.hpp>
#include <runnel/io/run.hpp>

using namespace runnel;

Task<Result<std::string>> fetch_ip(Session& session, std::string url) {
    const Result<Reply> reply = co_await session.get(url);
    if (!reply) {
        co_return reply.error();
    }
    co_return reply->json("/ip");
}

Task<void> print_all(Loop& loop, std::string url) {
    const std::vector<std::string> names = {"slow", "strange", "broken"};
    SessionOptions options;
    options.retry.retries = 0;
    Session session(loop, options);
    std::vector<Task<Result<std::string>>> tasks;
    for (const std::string& name : names) {
        std::cout << "asking " << name << '\n';
        tasks.push_back(fetch_ip(session, url + "/ip/" + name));
    }
    const Context& context = co_await this_task::context();
    AsCompleted<Result<std::string>> answers(context, std::move(tasks));
    while (auto next = co_await answers.next()) {
        const Result<std::string> ip = next->outcome.get();
        std::cout << names[next->index] << ": ";
        if (ip) {
            std::cout << ip.value() << '\n';
        } else {
            std::cout << to_string(ip.error().error_class()) << ", " << ip.error().message()
                      << '\n';
        }
    }
}

int main(int argc, char** argv) {
    const std::string url = argc > 1 ? argv[1] : "http://127.0.0.1:8080";
    run([&](Loop& loop) { return print_all(loop, url); });
}
