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
#include <utility>

#include "base/system_error.hpp"

namespace runnel {

namespace {

/// Minimum interval between two hand-overs to the thread.
constexpr Duration kHandOverInterval = std::chrono::milliseconds(1);

/// Maximum size of one write(), so that tasks that wait in writable() are resumed early.
constexpr std::size_t kMaxWriteSize = std::size_t{128} << 10;

/// Maximum number of used buffers kept for the next chunks, and the maximum capacity of each.
constexpr std::size_t kMaxSpares = 4;
constexpr std::size_t kMaxSpareCapacity = std::size_t{256} << 10;

/// Threshold of the size from which a buffer is moved. Below it, copying costs less than allocating
/// another buffer.
constexpr std::size_t kMoveThreshold = std::size_t{32} << 10;

/// Maximum number of tasks in writable() that are resumed at once. Each appends one record before
/// it waits again, so resuming all of them could exceed the mark by a record per task.
constexpr int kMaxResumed = 16;

constexpr std::uint64_t kNever = std::numeric_limits<std::uint64_t>::max();

/// Whether \a fd is the controlling side of a pseudo-terminal. This is the only device whose
/// hang-up is not final: it ends when the other side is opened.
bool controls_terminal(int fd) noexcept {
    unsigned int number = 0;
    return ::ioctl(fd, TIOCGPTN, &number) == 0;
}

}  // namespace

Output::Output(Loop& loop, int descriptor, std::size_t high_water_mark, std::string name)
    : loop_(loop),
      descriptor_(descriptor),
      high_water_mark_(high_water_mark),
      name_(std::move(name)),
      handed_over_at_(loop.now() - kHandOverInterval),
      report_at_(kNever),
      timer_(*this),
      wakeup_(loop, [this] { take_report(); }),
      end_of_turn_(loop.before_wait([this] { end_turn(); })) {
    thread_.start([this] { write_chunks(); });
}

Output::~Output() { loop_.cancel(timer_); }

void Output::set_content(Content content) {
    append_held();
    filter_.reset();
    if (content != Content::Bytes && at_terminal()) {
        filter_.emplace(content == Content::Json ? TerminalFilter::Form::Json
                                                 : TerminalFilter::Form::Text);
    }
}

bool Output::at_terminal() const noexcept { return ::isatty(descriptor_) == 1; }

void Output::append_filtered(std::string_view bytes) {
    std::string shown;
    filter_->feed(bytes, shown);
    append_unchanged(shown);
}

/// Appends the bytes that the filter holds back.
void Output::append_held() {
    if (filter_) {
        std::string shown;
        filter_->finish(shown);
        append_unchanged(shown);
    }
}

void Output::append_from(std::string& buffer) {
    if (buffer.size() < kMoveThreshold || error_ || filter_) {
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
    append_held();
    hand_over();
    co_return co_await WrittenAwaiter(*this, appended_, deadline);
}

void Output::end_turn() {
    resume_writers();
    if (!pending_.empty() && !timer_.armed()) {
        const TimePoint due = handed_over_at_ + kHandOverInterval;
        if (loop_.now() >= due) {
            hand_over();
        } else {
            loop_.call_at(timer_, due);
        }
    }
    request_report();
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
        error_ = system_error(ErrorClass::Sink, name_, failure);
        pending_ = std::string();
        {
            const std::scoped_lock lock(mutex_);
            chunks_.clear();
        }
        failed_.set();
    }
    resume_position_waiters();
    resume_writers();
}

void Output::resume_writers() {
    for (int i = 0; i < kMaxResumed && !writable_waiters_.empty() && below_mark(); ++i) {
        writable_waiters_.first()->finish();
    }
}

void Output::resume_position_waiters() {
    while (!position_waiters_.empty() && resolved(position_waiters_.begin()->first)) {
        const auto reached = position_waiters_.begin();
        while (detail::Waiter* waiter = reached->second.first()) {
            waiter->finish();
        }
        position_waiters_.erase(reached);
    }
}

/// Sets the position that the thread must reach for the first waiting task to continue.
void Output::request_report() {
    std::uint64_t position = kNever;
    if (!writable_waiters_.empty()) {
        position = appended_ - std::min<std::uint64_t>(appended_, high_water_mark_);
    }
    if (!position_waiters_.empty()) {
        position = std::min(position, position_waiters_.begin()->first);
    }
    if (position == report_at_) {
        return;
    }
    report_at_ = position;
    // The thread sets written_ and then reads report_at_. Here the order is reversed, so that at
    // least one of the two sees the other's change.
    if (written_ >= position) {
        wakeup_.send();
    }
}

void Output::write_chunks() {
    std::string chunk;
    while (next_chunk(chunk) && write_whole(chunk)) {
    }
}

/// Returns the buffer of the last chunk and waits for the next chunk. Returns false if the thread
/// must end, because the reader is gone or stop() was called.
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
        // Stop watching: this is not a failure, but poll() would report it again and again.
        watched = -1;
    }
    return false;
}

bool Output::take_chunk(std::string& chunk) {
    std::string used = std::exchange(chunk, std::string());
    const bool reusable = !used.empty() && used.capacity() <= kMaxSpareCapacity;
    used.clear();
    const std::scoped_lock lock(mutex_);
    if (reusable && spares_.size() < kMaxSpares) {
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
            ::write(descriptor_, bytes.data(), std::min(bytes.size(), kMaxWriteSize));
        if (result > 0) {
            const auto size = static_cast<std::size_t>(result);
            bytes.remove_prefix(size);
            if ((written_ += size) >= report_at_) {
                wakeup_.send();
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

/// Returns the errno for \a events that poll() reports unrequested; 0 if writing may still succeed.
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
        // POLLHUP means that both directions have ended, not only the peer's.
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
    wakeup_.send();
}

}  // namespace runnel
