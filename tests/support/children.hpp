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

/// Whether this process has no child at all, not even one that ended and was not reaped.
inline bool has_no_children() {
    siginfo_t child = {};
    return ::waitid(P_ALL, 0, &child, WEXITED | WNOHANG | WNOWAIT) == -1 && errno == ECHILD;
}

/// Whether a process has ended and nobody has reaped it.
inline bool is_zombie(int pid) {
    std::ifstream file("/proc/" + std::to_string(pid) + "/stat");
    std::string number;
    std::string name;
    std::string state;
    file >> number >> name >> state;
    return state == "Z";
}

/// The descriptors that are open now.
inline std::set<int> open_descriptors() {
    std::set<int> all;
    const std::unique_ptr<DIR, int (*)(DIR*)> folder(::opendir("/proc/self/fd"), ::closedir);
    RUNNEL_ENSURE(folder != nullptr, "opendir");
    // NOLINTNEXTLINE(concurrency-mt-unsafe): the stream is ours alone.
    while (const dirent* entry = ::readdir(folder.get())) {
        if (entry->d_name[0] != '.') {
            all.insert(std::stoi(entry->d_name));
        }
    }
    all.erase(::dirfd(folder.get()));
    return all;
}

}  // namespace runnel::test
