// A4: splits a response body into lines as it arrives. The unfinished line of a piece is completed
// by the next one; the last line needs no line end.
#include <iostream>
#include <stdexcept>
#include <string>
#include <string_view>

#include <runnel/client/session.hpp>
#include <runnel/io/run.hpp>
#include <runnel/pipeline/line_splitter.hpp>

using namespace runnel;

Task<void> print_lines(Loop& loop, std::string url) {
    Session session(loop);
    Result<Download> download = co_await session.open(url);
    if (!download) {
        throw std::runtime_error(download.error().message());
    }
    LineSplitter splitter(0, "> ");
    std::string lines;
    std::size_t bytes = 0;
    while (true) {
        const Result<std::string_view> piece = co_await download->read();
        if (!piece) {
            throw std::runtime_error(piece.error().message());
        }
        if (piece->empty()) {
            break;
        }
        bytes += piece->size();
        if (!splitter.feed(piece.value(), lines)) {
            throw std::length_error("a line is too long");
        }
        std::cout << lines;
        lines.clear();
    }
    if (!splitter.finish(lines)) {
        throw std::length_error("the last line is too long");
    }
    std::cout << lines << bytes << " bytes of body\n";
}

int main(int argc, char** argv) {
    const std::string url = argc > 1 ? argv[1] : "http://127.0.0.1:8080";
    run([&](Loop& loop) { return print_lines(loop, url + "/lines"); });
}
