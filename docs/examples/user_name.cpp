// A5: extracts one value of a JSON response. The response comes from a mock server; tests can also
// give Session their own client and need no network.
#include <iostream>
#include <string>

#include <runnel/client/session.hpp>
#include <runnel/io/run.hpp>

using namespace runnel;

Task<Result<std::string>> user_name(Session& session, std::string url) {
    const Result<Reply> reply = co_await session.get(url + "/user");
    if (!reply) {
        co_return reply.error();
    }
    co_return reply->json("/user");
}

Task<void> print_user_name(Loop& loop, std::string url) {
    Session session(loop);
    const Result<std::string> name = co_await user_name(session, url);
    std::cout << (name ? name.value() : name.error().message()) << '\n';
}

int main(int argc, char** argv) {
    const std::string url = argc > 1 ? argv[1] : "http://127.0.0.1:8080";
    run([&](Loop& loop) { return print_user_name(loop, url); });
}
