// B5, B6: the public address from the first of two services that responds, each with its own JSON
// key. The slower one is cancelled and has ended before the result is printed.
#include <iomanip>
#include <iostream>
#include <string>
#include <vector>

#include <runnel/async/when_any.hpp>
#include <runnel/client/session.hpp>
#include <runnel/io/run.hpp>

using namespace runnel;

class Service {
public:
    std::string name;
    std::string pointer;  ///< JSON pointer to the address.
};

Task<Result<std::string>> fetch_ip(Session& session, std::string url, const Service& service) {
    std::cout << "asking " << service.name << '\n';
    try {
        const Result<Reply> reply = co_await session.get(url + "/ip/" + service.name);
        if (!reply) {
            co_return reply.error();
        }
        Result<std::string> ip = reply->json(service.pointer);
        if (ip) {
            *ip = service.name + " says " + *ip;
        }
        co_return ip;
    } catch (const Cancelled&) {
        std::cout << service.name << " is cancelled\n";
        throw;
    }
}

Task<void> print_first(Loop& loop, std::string url) {
    const std::vector<Service> services = {{"slow", "/ip"}, {"fast", "/query"}};
    Session session(loop);
    std::vector<Task<Result<std::string>>> tasks;
    for (const Service& service : services) {
        tasks.push_back(fetch_ip(session, url, service));
    }
    const TimePoint start = loop.now();
    const Result<std::string> first = co_await first_success(std::move(tasks));
    const std::chrono::duration<double> took = loop.now() - start;
    std::cout << (first ? first.value() : first.error().message()) << ", took: " << std::fixed
              << std::setprecision(2) << took.count() << " seconds\n";
}

int main(int argc, char** argv) {
    const std::string url = argc > 1 ? argv[1] : "http://127.0.0.1:8080";
    run([&](Loop& loop) { return print_first(loop, url); });
}
