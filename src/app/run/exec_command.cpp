#include "app/run/exec_command.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>

#include "base/system_error.hpp"
#include "io/command_path.hpp"
#include "io/descriptor_limit.hpp"

namespace runnel {

namespace {

Error cannot_run(const std::vector<std::string>& words, int problem) {
    return system_error(ErrorClass::Sink, fmt::format("cannot run {}", words.front()), problem);
}

}  // namespace

Result<void> find_command(const std::vector<std::string>& words) {
    int problem = 0;
    static_cast<void>(detail::command_path(ProcessOptions(words), environ, problem));
    return problem == 0 ? Result<void>() : cannot_run(words, problem);
}

Error exec_command(const std::vector<std::string>& words) {
    std::vector<char*> arguments;
    arguments.reserve(words.size() + 1);
    for (const std::string& word : words) {
        arguments.push_back(const_cast<char*>(word.c_str()));
    }
    arguments.push_back(nullptr);
    // prepare_standard_fds() ignores these.
    std::signal(SIGPIPE, SIG_DFL);
    std::signal(SIGXFSZ, SIG_DFL);
    sigset_t none;
    sigemptyset(&none);
    pthread_sigmask(SIG_SETMASK, &none, nullptr);
    restore_descriptor_limit(0);
    ::execvp(arguments.front(), arguments.data());
    return cannot_run(words, errno);
}

ExitStatus status_of_command(const Error& failure) noexcept {
    switch (failure.code()) {
        case 0: return ExitStatus::BatchFailed;
        case ENOENT: return ExitStatus::NotFound;
        default: return ExitStatus::NotExecutable;
    }
}

}  // namespace runnel
