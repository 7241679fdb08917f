#include "io/output.hpp"

#include <poll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <limits>
#include <system_error>
#include <utility>

namespace runnel {

namespace {

constexpr Duration kBetweenHandOvers = std::chrono::milliseconds(1);

/// The most given to one write(), so that those who wait for room see progress.
constexpr std::size_t kWriteSize = std::size_t{128} << 10;

/// Used buffers are kept for the next chunks, except those that one huge append has blown up.
constexpr std::size_t kSpares = 4;
constexpr std::size_t kSpareCapacity = std::size_t{256} << 10;

/// A buffer from this size on is moved: below it, a copy costs less than another buffer.
constexpr std::size_t kMovedSize = std::size_t{32} << 10;

/// How many of those who wait for room go on together. Each appends what it has without asking
/// again, so letting everybody in at once could go over the mark by a record for every task.
constexpr int kLetInTogether = 16;

constexpr std::uint64_t kNever = std::numeric_limits<std::uint64_t>::max();

/// The controlling side of a pseudo-terminal: the only device whose hang-up passes, when somebody
/// opens the other side.
bool controls_terminal(int fd) noexcept {
    unsigned int number = 0;
    return ::ioctl(fd, TIOCGPTN, &number) == 0;
}

}  // namespace

Output::Output(Loop& loop, int descriptor, std::size_t high_water, std::string name)
    : loop_(loop),
      descriptor_(descriptor),
      high_water_(high_water),
      name_(std::move(name)),
      handed_over_at_(loop.now() - kBetweenHandOvers),
      report_at_(kNever),
      timer_(*this),
      bell_(loop, [this] { take_report(); }),
      end_of_turn_(loop.before_wait([this] { end_turn(); })) {
    thread_.start([this] { write_chunks(); });
}

Output::~Output() { loop_.cancel(timer_); }

void Output::append_from(std::string& buffer) {
    if (buffer.size() < kMovedSize || error_) {
        append(buffer);
        buffer.clear();
        return;
    }
    hand_over();
    appended_ += buffer.size();
    pending_ = std::exchange(buffer, std::string());
    hand_over();
}

Task<bool> Output::flush(Deadline deadline) {
    hand_over();
    co_return co_await WrittenAwaiter(*this, appended_, deadline);
}

void Output::end_turn() {
    let_in();
    if (!pending_.empty() && !timer_.armed()) {
        const TimePoint due = handed_over_at_ + kBetweenHandOvers;
        if (loop_.now() >= due) {
            hand_over();
        } else {
            loop_.call_at(timer_, due);
        }
    }
    ask_for_report();
}

void Output::hand_over() {
    loop_.cancel(timer_);
    if (pending_.empty()) {
        return;
    }
    handed_over_at_ = loop_.now();
    bool wake = false;
    {
        const std::scoped_lock lock(mutex_);
        if (!chunks_.empty() && chunks_.back().size() + pending_.size() <= kHandOverSize) {
            chunks_.back() += pending_;
            pending_.clear();
        } else {
            chunks_.push_back(std::exchange(pending_, std::string()));
            if (!spares_.empty()) {
                pending_ = std::move(spares_.back());
                spares_.pop_back();
            }
        }
        wake = std::exchange(thread_waits_, false);
    }
    if (wake) {
        thread_.wake();
    }
}

void Output::take_report() {
    const int failure = failure_;
    if (failure != 0 && !error_) {
        const std::string reason = std::system_category().message(failure);
        error_.emplace(ErrorClass::Sink, name_ + ": " + reason, failure);
        pending_ = std::string();
        {
            const std::scoped_lock lock(mutex_);
            chunks_.clear();
        }
        failed_.set();
    }
    finish_written();
    let_in();
}

void Output::let_in() {
    for (int i = 0; i < kLetInTogether && !for_room_.empty() && below_mark(); ++i) {
        for_room_.first()->finish();
    }
}

void Output::finish_written() {
    while (!for_position_.empty() && settled(for_position_.begin()->first)) {
        const auto reached = for_position_.begin();
        while (detail::Waiter* waiter = reached->second.first()) {
            waiter->finish();
        }
        for_position_.erase(reached);
    }
}

/// Tells the thread how far it must get for somebody to be able to go on.
void Output::ask_for_report() {
    std::uint64_t position = kNever;
    if (!for_room_.empty()) {
        position = appended_ - std::min<std::uint64_t>(appended_, high_water_);
    }
    if (!for_position_.empty()) {
        position = std::min(position, for_position_.begin()->first);
    }
    if (position == report_at_) {
        return;
    }
    report_at_ = position;
    // The thread sets written_ and then looks at report_at_; here it is the other way round, so
    // that one of the two sees what the other did.
    if (written_ >= position) {
        bell_.ring();
    }
}

void Output::write_chunks() {
    std::string chunk;
    while (next_chunk(chunk) && write_whole(chunk)) {
    }
}

/// Gives the buffer of the last chunk back and waits for the next one. False: it is over, because
/// the reader has gone or stop() was called.
bool Output::next_chunk(std::string& chunk) {
    int watched = descriptor_;
    while (!thread_.stop_requested()) {
        if (take_chunk(chunk)) {
            return true;
        }
        const short events = thread_.wait(watched, 0);
        if (events == 0) {
            continue;
        }
        if (const int failure = failure_of(events)) {
            report_failure(failure);
            return false;
        }
        // Not an end, but it would be told for ever.
        watched = -1;
    }
    return false;
}

bool Output::take_chunk(std::string& chunk) {
    std::string used = std::exchange(chunk, std::string());
    const bool reusable = !used.empty() && used.capacity() <= kSpareCapacity;
    used.clear();
    const std::scoped_lock lock(mutex_);
    if (reusable && spares_.size() < kSpares) {
        spares_.push_back(std::move(used));
    }
    thread_waits_ = chunks_.empty();
    if (thread_waits_) {
        return false;
    }
    chunk = std::move(chunks_.front());
    chunks_.pop_front();
    return true;
}

bool Output::write_whole(std::string_view bytes) {
    while (!bytes.empty()) {
        if (thread_.stop_requested()) {
            return false;
        }
        const ssize_t result =
            ::write(descriptor_, bytes.data(), std::min(bytes.size(), kWriteSize));
        if (result > 0) {
            const auto size = static_cast<std::size_t>(result);
            bytes.remove_prefix(size);
            if ((written_ += size) >= report_at_) {
                bell_.ring();
            }
        } else if (result < 0 && errno == EAGAIN) {
            static_cast<void>(thread_.wait(descriptor_, POLLOUT));
        } else if (result == 0 || errno != EINTR) {
            report_failure(result == 0 ? EIO : errno);
            return false;
        }
    }
    return true;
}

/// What it means when poll() tells \a events though nothing was asked for: an errno, or 0 when
/// writing may still succeed.
int Output::failure_of(short events) const noexcept {
    if ((events & POLLNVAL) != 0) {
        return EBADF;
    }
    struct stat status = {};
    if (::fstat(descriptor_, &status) != 0) {
        return errno;
    }
    if (S_ISSOCK(status.st_mode)) {
        int error = 0;
        socklen_t size = sizeof error;
        static_cast<void>(::getsockopt(descriptor_, SOL_SOCKET, SO_ERROR, &error, &size));
        // A hang-up is the end of both directions; a peer that only ends its own does not tell one.
        return error == 0 && (events & POLLHUP) != 0 ? EPIPE : error;
    }
    if (S_ISFIFO(status.st_mode)) {
        return (events & POLLERR) != 0 ? EPIPE : 0;
    }
    const bool hung_up = S_ISCHR(status.st_mode) && !controls_terminal(descriptor_);
    return (events & POLLERR) != 0 || hung_up ? EIO : 0;
}

void Output::report_failure(int error) noexcept {
    failure_ = error;
    bell_.ring();
}

}  // namespace runnel
