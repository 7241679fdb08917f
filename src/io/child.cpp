#include "io/child.hpp"

#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <set>
#include <utility>

namespace runnel::detail {

namespace {

/// The processes that a Child reaps, if this process adopts orphans.
std::set<pid_t>& own_processes() {
    static std::set<pid_t> processes;
    return processes;
}

}  // namespace

std::unique_ptr<Child> Child::make(Loop& loop, OnExit on_exit, int& error) {
    std::unique_ptr<Child> child(new Child(std::move(on_exit)));
    auto signal = std::make_unique<uv_signal_t>();
    error = -uv_signal_init(loop.raw(), signal.get());
    if (error != 0) {
        return nullptr;
    }
    child->signal_.reset(signal.release());
    child->signal_->data = child.get();
    error = -uv_signal_start(child->signal_.get(), call_member<Child, &Child::reap>, SIGCHLD);
    return error == 0 ? std::move(child) : nullptr;
}

void Child::started(pid_t pid) {
    pid_ = pid;
    if (adopts_orphans()) {
        own_processes().insert(pid);
    }
}

bool Child::adopts_orphans() noexcept { return ::getpid() == 1; }

void Child::reap_orphans() noexcept {
    for (;;) {
        siginfo_t ended = {};
        const int failed = ::waitid(P_ALL, 0, &ended, WEXITED | WNOHANG | WNOWAIT);
        if (failed != 0 || ended.si_pid == 0 || own_processes().count(ended.si_pid) > 0) {
            return;
        }
        static_cast<void>(::waitpid(ended.si_pid, nullptr, WNOHANG));
    }
}

void Child::reap(int /*signal*/) {
    if (pid_ == 0) {
        return;
    }
    int status = 0;
    pid_t reaped = 0;
    do {
        reaped = ::waitpid(pid_, &status, WNOHANG);
    } while (reaped < 0 && errno == EINTR);
    if (reaped == 0) {
        return;
    }
    if (adopts_orphans()) {
        own_processes().erase(pid_);
        reap_orphans();
    }
    pid_ = 0;
    signal_.reset();
    // If other code has reaped the process, its exit status is unknown: report 0.
    const bool known = reaped > 0;
    const bool killed = known && WIFSIGNALED(status);
    const OnExit on_exit = std::move(on_exit_);
    on_exit(known && !killed ? WEXITSTATUS(status) : 0, killed ? WTERMSIG(status) : 0);
}

void Child::reap_alone(std::unique_ptr<Child> child) noexcept {
    if (child->pid_ == 0) {
        return;
    }
    Child* const alone = child.release();
    alone->on_exit_ = [alone](int /*code*/, int /*signal*/) { delete alone; };
}

}  // namespace runnel::detail
