// A3: reads a descriptor as a stream of lines. Each line is printed when it arrives, while other
// tasks run.
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <iostream>
#include <stdexcept>
#include <string_view>
#include <system_error>
#include <vector>

#include <runnel/async/gather.hpp>
#include <runnel/async/sleep.hpp>
#include <runnel/io/line_reader.hpp>
#include <runnel/io/run.hpp>

using namespace runnel;
using namespace std::chrono_literals;

/// Writes slowly to the other end of the pipe. Closing the pipe ends the input.
Task<void> type(UniqueFd pipe) {
    constexpr std::array<std::string_view, 5> kPieces = {"one line\n", "\n", "half of one, ",
                                                         "and the other half\n", "no newline"};
    for (const std::string_view piece : kPieces) {
        co_await sleep_for(60ms);
        std::cout << "typed " << piece.size() << " bytes\n";
        if (::write(pipe.get(), piece.data(), piece.size()) < 0) {
            throw std::system_error(errno, std::generic_category(), "write");
        }
    }
    co_await sleep_for(60ms);
    std::cout << "closed\n";
}

Task<void> print_lines(LineReader& lines) {
    while (true) {
        const Result<std::optional<Line>> line = co_await lines.next();
        if (!line) {
            throw std::runtime_error(line.error().message());
        }
        if (!line.value()) {
            break;
        }
        std::cout << "line " << line.value()->number << ": '" << line.value()->text << "'\n";
    }
    std::cout << "the end\n";
}

Task<void> read_what_is_typed(Loop& loop) {
    int ends[2];
    if (::pipe(ends) != 0) {
        throw std::system_error(errno, std::generic_category(), "pipe");
    }
    LineReader lines(loop, UniqueFd(ends[0]), 0);
    std::vector<Task<void>> tasks;
    tasks.push_back(print_lines(lines));
    tasks.push_back(type(UniqueFd(ends[1])));
    co_await gather(std::move(tasks));
}

int main() { run(read_what_is_typed); }
