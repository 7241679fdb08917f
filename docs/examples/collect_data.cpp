// D3: code without loops and tasks fetches a list of URLs concurrently and blocks until all are
// complete.
#include <iostream>
#include <string>
#include <vector>

#include <runnel/client/fetch_all.hpp>

using namespace runnel;

std::vector<std::string> collect_data(const std::vector<std::string>& urls) {
    std::vector<std::string> data;
    for (const Result<Reply>& reply : fetch_all(urls)) {
        data.push_back(reply ? reply->body : reply.error().message());
    }
    return data;
}

int main(int argc, char** argv) {
    const std::string url = argc > 1 ? argv[1] : "http://127.0.0.1:8080";
    const std::vector<std::string> urls = {url + "/user", url + "/after/200ms", url + "/nowhere",
                                           url + "/after/100ms"};
    const std::vector<std::string> data = collect_data(urls);
    for (std::size_t i = 0; i < urls.size(); ++i) {
        const std::size_t end = data[i].find('\n');
        std::cout << urls[i].substr(url.size()) << ": " << data[i].substr(0, end) << '\n';
    }
}
