// B11: a response with an optional part, the address: a timeout of 10 ms is too short for it, one
// of 5 s is not.
#include <chrono>
#include <iostream>
#include <optional>
#include <string>

#include <runnel/async/timeout.hpp>
#include <runnel/client/session.hpp>
#include <runnel/io/run.hpp>

using namespace runnel;
using namespace std::chrono_literals;

Task<std::string> fetch_ip(Session& session, std::string url) {
    const Result<Reply> reply = co_await session.get(url + "/ip/slow");
    if (!reply) {
        co_return reply.error().message();
    }
    const Result<std::string> ip = reply->json("/ip");
    co_return ip ? ip.value() : ip.error().message();
}

Task<void> answer(Loop& loop, Session& session, std::string url, std::chrono::milliseconds limit) {
    const Deadline deadline = Deadline::after(loop.now(), limit);
    const std::optional<std::string> ip = co_await timeout(fetch_ip(session, url), deadline);
    std::cout << "within " << limit.count() << " ms, ip: " << ip.value_or("not available") << '\n';
}

Task<void> answer_twice(Loop& loop, std::string url) {
    Session session(loop);
    co_await answer(loop, session, url, 10ms);
    co_await answer(loop, session, url, 5s);
}

int main(int argc, char** argv) {
    const std::string url = argc > 1 ? argv[1] : "http://127.0.0.1:8080";
    run([&](Loop& loop) { return answer_twice(loop, url); });
}
