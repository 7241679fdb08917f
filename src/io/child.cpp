#include "io/child.hpp"

#include <sys/wait.h>

#include <cerrno>
#include <csignal>
#include <utility>

namespace runnel::detail {

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
