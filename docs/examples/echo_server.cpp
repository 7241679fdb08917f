// C12: an echo server and two connections to it, on the same loop.
#include <iostream>
#include <memory>
#include <stdexcept>
#include <string>

#include <runnel/async/task_group.hpp>
#include <runnel/io/run.hpp>
#include <runnel/io/tcp.hpp>

using namespace runnel;

template <class T>
T valid(Result<T> result) {
    if (!result) {
        throw std::runtime_error(result.error().message());
    }
    if constexpr (!std::is_void_v<T>) {
        return std::move(result).value();
    }
}

Task<void> echo(std::unique_ptr<TcpStream> client) {
    std::string bytes = valid(co_await client->read());
    while (!bytes.empty()) {
        valid(co_await client->write(std::move(bytes)));
        bytes = valid(co_await client->read());
    }
    std::cout << "the server: a client has sent everything\n";
}

Task<void> serve(TcpServer& server, TaskGroup& group) {
    while (true) {
        std::unique_ptr<TcpStream> client = valid(co_await server.accept());
        group.start(echo(std::move(client)));
    }
}

Task<void> talk(Loop& loop, std::uint16_t port, TaskGroup& group) {
    for (const char* text : {"Hello", "World"}) {
        const auto server = valid(co_await TcpStream::connect(loop, "127.0.0.1", port));
        valid(co_await server->write(text));
        valid(co_await server->close_write());
        std::string answer;
        std::string bytes = valid(co_await server->read());
        while (!bytes.empty()) {
            answer += bytes;
            bytes = valid(co_await server->read());
        }
        std::cout << "a client: " << answer << " came back\n";
    }
    group.request_stop();
}

Task<void> show(Loop& loop) {
    const Context& context = co_await this_task::context();
    const auto server = valid(TcpServer::listen(loop, "127.0.0.1", 0));
    TaskGroup group(context);
    group.start(serve(*server, group));
    group.start(talk(loop, server->port(), group));
    co_await group.join();
}

int main() { run(show); }
