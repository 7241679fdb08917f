// D9: connections belong to the session, and dropping a download closes its connection. In the end
// no descriptor is left open.
#include <filesystem>
#include <iostream>
#include <numeric>
#include <string>
#include <vector>

#include <runnel/async/gather.hpp>
#include <runnel/client/session.hpp>
#include <runnel/io/run.hpp>

using namespace runnel;

std::ptrdiff_t open_descriptors() {
    const std::filesystem::directory_iterator open("/proc/self/fd");
    return std::distance(begin(open), end(open));
}

Task<int> fetch(Session& session, std::string url) {
    const Result<Reply> reply = co_await session.get(url);
    co_return reply ? 1 : 0;
}

/// Destroying the Download closes the connection in the middle of the body.
Task<int> drop_early(Session& session, std::string url) {
    Result<Download> download = co_await session.open(url);
    if (!download) {
        co_return 0;
    }
    const Result<std::string_view> piece = co_await download->read();
    co_return piece ? 1 : 0;
}

Task<void> use_a_session(Loop& loop, std::string url) {
    Session session(loop);
    std::vector<Task<int>> tasks;
    for (int i = 0; i < 50; ++i) {
        tasks.push_back(fetch(session, url + "/user"));
        tasks.push_back(drop_early(session, url + "/lines"));
    }
    const std::vector<int> good = co_await gather(std::move(tasks));
    std::cout << std::accumulate(good.begin(), good.end(), 0) << " requests succeeded\n";
}

int main(int argc, char** argv) {
    const std::string url = argc > 1 ? argv[1] : "http://127.0.0.1:8080";
    run([](Loop&) -> Task<void> { co_return; });  // opens the descriptors that libuv keeps open
    const std::ptrdiff_t before = open_descriptors();
    run([&](Loop& loop) { return use_a_session(loop, url); });
    std::cout << open_descriptors() - before << " descriptors are left\n";
}
