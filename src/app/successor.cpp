#include "app/successor.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <system_error>

#include "io/descriptor_limit.hpp"

namespace runnel {

Error become(const std::vector<std::string>& words) {
    std::vector<char*> arguments;
    arguments.reserve(words.size() + 1);
    for (const std::string& word : words) {
        arguments.push_back(const_cast<char*>(word.c_str()));
    }
    arguments.push_back(nullptr);
    // See prepare_standard_fds().
    std::signal(SIGPIPE, SIG_DFL);
    sigset_t none;
    sigemptyset(&none);
    pthread_sigmask(SIG_SETMASK, &none, nullptr);
    restore_descriptor_limit(0);
    ::execvp(arguments.front(), arguments.data());
    const int problem = errno;
    return Error(
        ErrorClass::Sink,
        fmt::format("cannot run {}: {}", words.front(), std::generic_category().message(problem)),
        problem);
}

}  // namespace runnel
