#include "io/byte_stream.hpp"

#include <poll.h>
#include <sys/socket.h>

#include <cerrno>
#include <csignal>
#include <utility>

#include "io/uv_error.hpp"

namespace runnel {

namespace {

/// libuv writes with write(), which has no flag against the signal.
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
    HandlePtr<uv_pipe_t> pipe(new uv_pipe_t);
    pipe->data = nullptr;
    require_uv(uv_pipe_init(loop.raw(), pipe.get(), 0), "uv_pipe_init");
    require_uv(uv_pipe_open(pipe.get(), descriptor.get()), "uv_pipe_open");
    static_cast<void>(descriptor.release());
    return pipe;
}

}  // namespace

/// Belongs to libuv from uv_write() to its callback, and keeps the bytes alive for as long.
struct ByteStream::WriteRequest {
    uv_write_t raw = {};
    std::string bytes;
    CompletionPtr completion;
};

ByteStream::ByteStream(Loop& loop, UniqueFd descriptor, std::string name)
    : ByteStream(as_stream(open_pipe(loop, std::move(descriptor))), std::move(name)) {}

ByteStream::ByteStream(StreamPtr handle, std::string name)
    : name_(std::move(name)), handle_(std::move(handle)) {
    ignore_broken_pipes();
    handle_->data = this;
}

Task<Result<std::string>> ByteStream::read() {
    const Context& context = co_await this_task::context();
    if (context.stop.stop_requested()) {
        throw Cancelled();
    }
    while (size_ == 0 && !ended_.is_set()) {
        start_reading();
        if (ended_.is_set()) {
            break;
        }
        news_.clear();
        co_await news_.wait();
    }
    if (size_ == 0 && read_status_ < 0) {
        co_return uv_failure(ErrorClass::Truncated, name_, read_status_);
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
    const auto on_alloc = [](uv_handle_t* handle, std::size_t /*suggested*/, uv_buf_t* room) {
        static_cast<ByteStream*>(handle->data)->offer_room(*room);
    };
    const auto on_bytes = [](uv_stream_t* stream, ssize_t size, const uv_buf_t* /*room*/) {
        static_cast<ByteStream*>(stream->data)->on_read(size);
    };
    const int status = uv_read_start(handle_.get(), on_alloc, on_bytes);
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

void ByteStream::offer_room(uv_buf_t& room) {
    room.base = buffer_.get() + size_;
    room.len = kReadAhead - size_;
}

void ByteStream::on_read(ssize_t size) noexcept {
    if (size < 0) {
        end(size == UV_EOF ? 0 : static_cast<int>(size));
        return;
    }
    size_ += static_cast<std::size_t>(size);
    if (size_ == kReadAhead) {
        stop_reading();
    }
    if (size > 0) {
        news_.set();
    }
}

/// Nothing more will arrive.
void ByteStream::end(int status) noexcept {
    stop_reading();
    if (ended_.is_set()) {
        return;
    }
    read_status_ = status;
    ended_.set();
    news_.set();
}

Task<Result<void>> ByteStream::write(std::string bytes) {
    const Context& context = co_await this_task::context();
    if (context.stop.stop_requested()) {
        throw Cancelled();
    }
    if (!is_open() || write_closing_) {
        co_return uv_failure(ErrorClass::Sink, name_, UV_EPIPE);
    }
    const CompletionPtr written = send(std::move(bytes));
    // The stream may be dropped meanwhile.
    const std::string name = name_;
    co_await written->done.wait();
    if (written->status < 0) {
        co_return uv_failure(ErrorClass::Sink, name, written->status);
    }
    co_return Result<void>();
}

CompletionPtr ByteStream::send(std::string bytes) {
    auto request = std::make_unique<WriteRequest>();
    request->bytes = std::move(bytes);
    request->completion = std::make_shared<Completion>();
    request->raw.data = request.get();
    CompletionPtr completion = request->completion;

    uv_buf_t buffer = {};
    buffer.base = request->bytes.data();
    buffer.len = request->bytes.size();
    const auto on_done = [](uv_write_t* raw, int status) {
        const std::unique_ptr<WriteRequest> ended(static_cast<WriteRequest*>(raw->data));
        if (auto* self = static_cast<ByteStream*>(raw->handle->data)) {
            self->on_written(status);
        }
        ended->completion->complete(status);
    };
    const int status = uv_write(&request->raw, handle_.get(), &buffer, 1, on_done);
    if (status < 0) {
        completion->complete(status);
        return completion;
    }
    static_cast<void>(request.release());
    ++writing_;
    return completion;
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
        co_return uv_failure(ErrorClass::Sink, name_, write_status_);
    }
    co_return Result<void>();
}

/// Everything has left. shutdown() also fails when a socket's peer has gone, and then there is
/// nobody to tell.
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
    pollfd polled = {descriptor(), POLLRDHUP, 0};
    return ::poll(&polled, 1, 0) == 1;
}

int ByteStream::descriptor() const noexcept {
    uv_os_fd_t descriptor = -1;
    require_uv(uv_fileno(reinterpret_cast<const uv_handle_t*>(handle_.get()), &descriptor),
               "uv_fileno");
    return descriptor;
}

}  // namespace runnel
