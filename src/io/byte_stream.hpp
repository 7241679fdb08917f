#pragma once

#include <uv.h>

#include <cstddef>
#include <memory>
#include <string>

#include "async/event.hpp"
#include "async/task.hpp"
#include "base/result.hpp"
#include "base/unique_fd.hpp"
#include "io/completion.hpp"
#include "io/handle.hpp"
#include "io/loop.hpp"

namespace runnel {

/// Reads and writes a pipe or a socket asynchronously, without a thread. Only for descriptors that
/// no other process uses, because it makes them non-blocking, which affects all that share them.
/// For inherited ones (stdin, a terminal) use LineReader and Output.
///
/// Everything here is for the loop's thread. Tasks are resumed from the loop's ready queue. It may
/// be destroyed at any time unless a task waits in it; a task that waits in write() is allowed, and
/// fails with ECANCELED. The first stream makes the whole program ignore SIGPIPE, because libuv
/// writes where the signal would be raised.
class ByteStream {
public:
    /// Maximum number of bytes that are read ahead.
    static constexpr std::size_t kReadAhead = std::size_t{64} << 10;

    /// Takes ownership of one end of a pipe, or of a connected socket. Error messages begin with
    /// \a name. \a loop must outlive this.
    ByteStream(Loop& loop, UniqueFd descriptor, std::string name);
    ByteStream(const ByteStream&) = delete;
    ByteStream& operator=(const ByteStream&) = delete;
    virtual ~ByteStream() = default;

    /// Waits until bytes have arrived, and returns them: at least one, at most kReadAhead. Returns
    /// an empty string at the end of the stream, repeatedly.
    ///
    /// The first call starts reading ahead. That stops when kReadAhead bytes are unread, which
    /// holds the sender back. After a failure the bytes before it are returned first; then every
    /// call fails (ErrorClass::Truncated, with errno). Cancelled when stop is requested: no byte is
    /// lost, the next call returns it.
    [[nodiscard]] Task<Result<std::string>> read();

    /// Sends \a bytes after those of earlier calls. Returns in a later turn, once the system has
    /// taken all of them: this is the back-pressure.
    ///
    /// Fails with ErrorClass::Sink and errno: EPIPE if the reader is gone, ECANCELED if this was
    /// closed. Cancelled when stop is requested; the bytes are sent nevertheless, unless stop was
    /// requested before the call.
    [[nodiscard]] Task<Result<void>> write(std::string bytes);

    /// Signals the end to the peer after everything was written, and returns then. This closes a
    /// pipe; a socket can still be read. Fails with the first failure of a write. Later writes fail
    /// with EPIPE. Cancelled when stop is requested: the end is signalled nevertheless.
    [[nodiscard]] Task<Result<void>> close_write();

    /// Closes at once. Bytes that were not sent are lost, and the writes that wait fail; bytes that
    /// have arrived can still be read.
    void close() noexcept;
    [[nodiscard]] bool is_open() const noexcept { return handle_ != nullptr; }

    /// Starts reading ahead, as read() does. For callers that only need to know when the stream
    /// ends.
    void start_reading();
    /// Stops reading ahead until the next call that starts it: so what arrives meanwhile wakes
    /// nothing, and is read at once later.
    void stop_reading() noexcept;
    /// Waits until the end of the stream, a failure, or close(); there may be bytes left to read.
    /// Returns only if they fit in kReadAhead or are read meanwhile. Cancelled when stop is
    /// requested.
    [[nodiscard]] auto wait_end() {
        start_reading();
        return ended_.wait();
    }
    /// Does the same with a limit: returns false if \a deadline passed first.
    [[nodiscard]] auto wait_end_until(Deadline deadline) {
        start_reading();
        return ended_.wait_until(deadline);
    }

    /// Number of bytes that were read ahead.
    [[nodiscard]] std::size_t waiting() const noexcept { return size_; }
    /// Whether there are bytes to read, here or in the system. Makes a system call; never waits.
    [[nodiscard]] bool has_arrived() const noexcept;
    /// Whether the peer is closed, in all processes that had it open, or will not send more; there
    /// may be bytes left to read. Makes a system call; never waits.
    [[nodiscard]] bool hung_up() const noexcept;

    [[nodiscard]] const std::string& name() const noexcept { return name_; }

protected:
    /// An initialised handle of any kind of stream, and how to close it.
    using StreamPtr = std::unique_ptr<uv_stream_t, void (*)(uv_stream_t*) noexcept>;

    template <class H>
    static StreamPtr as_stream(HandlePtr<H> handle) noexcept {
        const auto close = [](uv_stream_t* stream) noexcept {
            CloseHandle<H>()(reinterpret_cast<H*>(stream));
        };
        return StreamPtr(reinterpret_cast<uv_stream_t*>(handle.release()), close);
    }

    /// \a handle must be connected.
    ByteStream(StreamPtr handle, std::string name);

private:
    void provide_buffer(std::size_t suggested_size, uv_buf_t* buffer);
    void on_read(ssize_t size, const uv_buf_t* buffer) noexcept;
    void end(int status) noexcept;
    [[nodiscard]] std::string take();

    [[nodiscard]] CompletionPtr send(std::string bytes);
    void on_written(int status) noexcept;
    void finish_writing() noexcept;
    [[nodiscard]] int descriptor() const noexcept;

    std::string name_;

    std::unique_ptr<char[]> buffer_;
    std::size_t size_ = 0;
    bool reading_ = false;
    int read_status_ = 0;
    Event arrived_;
    Event ended_;

    std::size_t writing_ = 0;
    int write_status_ = 0;
    bool write_closing_ = false;
    Event write_closed_;

    StreamPtr handle_;
};

}  // namespace runnel
