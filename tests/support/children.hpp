#pragma once

#include <dirent.h>
#include <fcntl.h>
#include <sys/wait.h>

#include <cerrno>
#include <fstream>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "base/ensure.hpp"
#include "io/process.hpp"

namespace runnel::test {

/// Options for `sh -c script` with both outputs in pipes.
inline ProcessOptions shell(std::string script) {
    ProcessOptions options({"sh", "-c", std::move(script)});
    options.out = Stdio::pipe();
    options.err = Stdio::pipe();
    return options;
}

/// Returns whether this process has no child, not even a zombie.
inline bool has_no_children() {
    siginfo_t child = {};
    return ::waitid(P_ALL, 0, &child, WEXITED | WNOHANG | WNOWAIT) == -1 && errno == ECHILD;
}

/// Returns whether a process has ended but was not reaped.
inline bool is_zombie(int pid) {
    std::ifstream file("/proc/" + std::to_string(pid) + "/stat");
    std::string number;
    std::string name;
    std::string state;
    file >> number >> name >> state;
    return state == "Z";
}

/// Returns the open descriptors.
inline std::set<int> open_descriptors() {
    std::set<int> all;
    const std::unique_ptr<DIR, int (*)(DIR*)> folder(::opendir("/proc/self/fd"), ::closedir);
    RUNNEL_ENSURE(folder != nullptr, "opendir");
    // NOLINTNEXTLINE(concurrency-mt-unsafe): the stream is local.
    while (const dirent* entry = ::readdir(folder.get())) {
        if (entry->d_name[0] != '.') {
            all.insert(std::stoi(entry->d_name));
        }
    }
    all.erase(::dirfd(folder.get()));
    return all;
}

}  // namespace runnel::test
