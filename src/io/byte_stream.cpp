#include "io/byte_stream.hpp"

#include <poll.h>
#include <sys/socket.h>

#include <cerrno>
#include <csignal>
#include <utility>

#include "base/system_error.hpp"
#include "io/system_calls.hpp"

namespace runnel {

namespace {

/// libuv writes with write(), which cannot suppress the signal.
void ignore_broken_pipes() {
    static const bool done = [] {
        struct sigaction action = {};
        RUNNEL_ENSURE(::sigaction(SIGPIPE, nullptr, &action) == 0, "sigaction failed");
        if (action.sa_handler == SIG_DFL) {
            std::signal(SIGPIPE, SIG_IGN);
        }
        return true;
    }();
    static_cast<void>(done);
}

HandlePtr<uv_pipe_t> open_pipe(Loop& loop, UniqueFd descriptor) {
    HandlePtr<uv_pipe_t> pipe = make_handle(uv_pipe_init, loop.raw(), nullptr, 0);
    require_uv(uv_pipe_open(pipe.get(), descriptor.get()), "uv_pipe_open");
    static_cast<void>(descriptor.release());
    return pipe;
}

}  // namespace

ByteStream::ByteStream(Loop& loop, UniqueFd descriptor, std::string name)
    : ByteStream(as_stream(open_pipe(loop, std::move(descriptor))), std::move(name)) {}

ByteStream::ByteStream(StreamPtr handle, std::string name)
    : name_(std::move(name)), handle_(std::move(handle)) {
    ignore_broken_pipes();
    handle_->data = this;
}

Task<Result<std::string>> ByteStream::read() {
    co_await this_task::throw_if_stopped();
    start_reading();
    while (size_ == 0 && !ended_.is_set()) {
        arrived_.clear();
        co_await arrived_.wait();
    }
    if (size_ == 0 && read_status_ < 0) {
        co_return system_error(ErrorClass::Truncated, name_, -read_status_);
    }
    co_return take();
}

std::string ByteStream::take() {
    std::string bytes(buffer_.get(), size_);
    size_ = 0;
    start_reading();
    return bytes;
}

void ByteStream::start_reading() {
    if (reading_ || ended_.is_set() || size_ == kReadAhead) {
        return;
    }
    if (!buffer_) {
        buffer_ = std::make_unique_for_overwrite<char[]>(kReadAhead);
    }
    const int status =
        uv_read_start(handle_.get(), call_member<ByteStream, &ByteStream::provide_buffer>,
                      call_member<ByteStream, &ByteStream::on_read>);
    if (status < 0) {
        end(status);
        return;
    }
    reading_ = true;
}

void ByteStream::stop_reading() noexcept {
    if (std::exchange(reading_, false)) {
        uv_read_stop(handle_.get());
    }
}

void ByteStream::provide_buffer(std::size_t /*suggested_size*/, uv_buf_t* buffer) {
    buffer->base = buffer_.get() + size_;
    buffer->len = kReadAhead - size_;
}

void ByteStream::on_read(ssize_t size, const uv_buf_t* /*buffer*/) noexcept {
    if (size < 0) {
        end(size == UV_EOF ? 0 : static_cast<int>(size));
        return;
    }
    size_ += static_cast<std::size_t>(size);
    if (size_ == kReadAhead) {
        stop_reading();
    }
    if (size > 0) {
        arrived_.set();
    }
}

/// Records that nothing more will arrive.
void ByteStream::end(int status) noexcept {
    stop_reading();
    if (ended_.is_set()) {
        return;
    }
    read_status_ = status;
    ended_.set();
    arrived_.set();
}

Task<Result<void>> ByteStream::write(std::string bytes) {
    co_await this_task::throw_if_stopped();
    if (!is_open() || write_closing_) {
        co_return system_error(ErrorClass::Sink, name_, EPIPE);
    }
    const CompletionPtr written = send(std::move(bytes));
    // The stream may be destroyed while this waits.
    const std::string name = name_;
    co_await written->done.wait();
    if (written->status < 0) {
        co_return system_error(ErrorClass::Sink, name, -written->status);
    }
    co_return Result<void>();
}

CompletionPtr ByteStream::send(std::string bytes) {
    const auto on_done = [](uv_write_t* request, int status) {
        if (auto* self = static_cast<ByteStream*>(request->handle->data)) {
            self->on_written(status);
        }
        Request<uv_write_t>::finish(request, status);
    };
    return Request<uv_write_t>::start(std::move(bytes), [&](uv_write_t* request, auto& kept) {
        uv_buf_t buffer = {};
        buffer.base = kept.data();
        buffer.len = kept.size();
        const int status = uv_write(request, handle_.get(), &buffer, 1, on_done);
        writing_ += status == 0 ? 1 : 0;
        return status;
    });
}

void ByteStream::on_written(int status) noexcept {
    if (status < 0 && write_status_ == 0) {
        write_status_ = status;
    }
    if (--writing_ == 0 && write_closing_) {
        finish_writing();
    }
}

Task<Result<void>> ByteStream::close_write() {
    if (!std::exchange(write_closing_, true) && writing_ == 0) {
        finish_writing();
    }
    co_await write_closed_.wait();
    if (write_status_ < 0) {
        co_return system_error(ErrorClass::Sink, name_, -write_status_);
    }
    co_return Result<void>();
}

/// Signals the end, now that everything is written. shutdown() also fails if a socket's peer is
/// gone, which needs no signal.
void ByteStream::finish_writing() noexcept {
    if (is_open() && ::shutdown(descriptor(), SHUT_WR) != 0 && errno == ENOTSOCK) {
        close();
    }
    write_closed_.set();
}

void ByteStream::close() noexcept {
    if (!is_open()) {
        return;
    }
    if (writing_ > 0 && write_status_ == 0) {
        write_status_ = UV_ECANCELED;
    }
    end(0);
    handle_.reset();
    write_closing_ = true;
    write_closed_.set();
}

bool ByteStream::has_arrived() const noexcept {
    pollfd polled = {is_open() ? descriptor() : -1, POLLIN, 0};
    return size_ > 0 || (::poll(&polled, 1, 0) == 1 && (polled.revents & POLLIN) != 0);
}

bool ByteStream::hung_up() const noexcept {
    if (!is_open()) {
        return true;
    }
    pollfd polled = {descriptor(), system_calls::kPeerClosed, 0};
    return ::poll(&polled, 1, 0) == 1;
}

int ByteStream::descriptor() const noexcept {
    uv_os_fd_t descriptor = -1;
    require_uv(uv_fileno(reinterpret_cast<const uv_handle_t*>(handle_.get()), &descriptor),
               "uv_fileno");
    return descriptor;
}

}  // namespace runnel
