// Code without loops and coroutines: fetches its arguments concurrently and prints one line for
// each, in their order.
#include <cstdlib>
#include <iostream>
#include <string>
#include <vector>

#include <runnel/client/fetch_all.hpp>

int main(int argc, char** argv) {
    const std::vector<std::string> urls(argv + 1, argv + argc);
    const auto replies = runnel::fetch_all(urls, {}, std::chrono::seconds(30));
    int failed = 0;
    for (std::size_t i = 0; i < urls.size(); ++i) {
        if (replies[i]) {
            std::cout << urls[i] << ": " << replies[i]->status << ", " << replies[i]->body.size()
                      << " bytes\n";
        } else {
            std::cout << urls[i] << ": " << replies[i].error().message() << '\n';
            ++failed;
        }
    }
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
