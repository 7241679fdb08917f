// B4: prints three responses as they arrive, the fastest first.
#include <iomanip>
#include <iostream>
#include <sstream>
#include <string>
#include <vector>

#include <runnel/async/as_completed.hpp>
#include <runnel/client/session.hpp>
#include <runnel/io/run.hpp>

using namespace runnel;

Task<std::string> fetch(Session& session, std::string url, int number) {
    std::cout << "request " << number << " begins\n";
    const Result<Reply> reply = co_await session.get(url);
    if (!reply) {
        co_return reply.error().message();
    }
    std::ostringstream text;
    text << "request " << number << ", took: " << std::fixed << std::setprecision(2)
         << std::chrono::duration<double>(reply->took()).count() << " seconds";
    co_return text.str();
}

Task<void> print_as_completed(Loop& loop, std::string url) {
    Session session(loop);
    std::vector<Task<std::string>> tasks;
    tasks.push_back(fetch(session, url + "/after/200ms", 1));
    tasks.push_back(fetch(session, url + "/after/300ms", 2));
    tasks.push_back(fetch(session, url + "/after/100ms", 3));
    const Context& context = co_await this_task::context();
    AsCompleted<std::string> answers(context, std::move(tasks));
    std::string arrow;
    while (auto next = co_await answers.next()) {
        arrow += ">>";
        std::cout << arrow << ' ' << next->outcome.get() << '\n';
    }
}

int main(int argc, char** argv) {
    const std::string url = argc > 1 ? argv[1] : "http://127.0.0.1:8080";
    run([&](Loop& loop) { return print_as_completed(loop, url); });
}
