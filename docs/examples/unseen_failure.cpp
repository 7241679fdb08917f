// B10: the failure of a task that is not awaited by itself is not lost: join() throws it.
#include <iostream>
#include <stdexcept>
#include <string>

#include <runnel/async/task_group.hpp>
#include <runnel/client/session.hpp>
#include <runnel/io/run.hpp>

using namespace runnel;

Task<void> print_ip(Session& session, std::string url, std::string pointer) {
    const Result<Reply> reply = co_await session.get(url);
    if (!reply) {
        throw std::runtime_error(reply.error().message());
    }
    const Result<std::string> ip = reply->json(pointer);
    if (!ip) {
        throw std::runtime_error(ip.error().message());
    }
    std::cout << "a task has the address " << ip.value() << '\n';
}

Task<void> print_all(Loop& loop, std::string url) {
    Session session(loop);
    const Context& context = co_await this_task::context();
    TaskGroup group(context);
    group.start(print_ip(session, url + "/ip/fast", "/query"));
    group.start(print_ip(session, url + "/ip/strange", "/ip"));
    std::cout << group.running() << " tasks run without being awaited\n";
    try {
        co_await group.join();
    } catch (const std::runtime_error& error) {
        std::cout << "join() throws: " << error.what() << '\n';
    }
    std::cout << "failures of the group: " << group.failures().size() << '\n';
}

int main(int argc, char** argv) {
    const std::string url = argc > 1 ? argv[1] : "http://127.0.0.1:8080";
    run([&](Loop& loop) { return print_all(loop, url); });
}
