#pragma once

#include <uv.h>

#include <cstddef>
#include <memory>
#include <optional>
#include <string>

#include "async/event.hpp"
#include "async/task.hpp"
#include "base/result.hpp"
#include "base/unique_fd.hpp"
#include "io/completion.hpp"
#include "io/handle.hpp"
#include "io/loop.hpp"

namespace runnel {

/// Bytes that come and go through one pipe or socket of ours, without a thread. For descriptors
/// that nobody else uses: it makes them non-blocking, which everybody sees who shares them. What
/// was inherited (stdin, a terminal) is for LineReader and Output.
///
/// Everything here is for the loop's thread. Callbacks of libuv mark and post, so tasks are resumed
/// from the ready queue. It may be dropped at any time when no task waits in it, but in write():
/// tasks that wait there are told ECANCELED. SIGPIPE is ignored, in the whole program, from the
/// first stream on: libuv writes where the signal would come.
class ByteStream {
public:
    /// Most bytes that wait to be read.
    static constexpr std::size_t kReadAhead = std::size_t{64} << 10;

    /// Takes over a pipe's end or a connected socket; \a name begins the messages of errors.
    /// \a loop must outlive this.
    ByteStream(Loop& loop, UniqueFd descriptor, std::string name);
    ByteStream(const ByteStream&) = delete;
    ByteStream& operator=(const ByteStream&) = delete;
    virtual ~ByteStream() = default;

    /// What has arrived, at least one byte, at most kReadAhead; an empty string at the end, from
    /// then on. Waits until there is something.
    ///
    /// The first call starts the reading; from then on it goes on by itself until kReadAhead bytes
    /// wait, and then holds the producer back. A failure (ErrorClass::Truncated, with errno) comes
    /// after the bytes before it, from then on. Cancelled when stop is requested: no byte is lost,
    /// the next call gives it.
    [[nodiscard]] Task<Result<std::string>> read();

    /// Sends \a bytes, after those of earlier calls. Returns once the system has taken all of them,
    /// in a later turn; that is the back-pressure.
    ///
    /// A failure is ErrorClass::Sink with errno: EPIPE when the reader has gone, ECANCELED when
    /// this was closed. Cancelled when stop is requested; the bytes belong to libuv by then and
    /// leave in their turn all the same, unless the stop came before the call.
    [[nodiscard]] Task<Result<void>> write(std::string bytes);

    /// Tells the other side that no more will come, when all that was written has left, and returns
    /// then. A pipe is closed by it; a socket can still be read. Gives the first failure of a
    /// write. Writes that come later fail with EPIPE. Cancelled when stop is requested: the end is
    /// told all the same.
    [[nodiscard]] Task<Result<void>> close_write();

    /// Closes at once. What has not left is lost, and its writers are told; what has arrived can
    /// still be read, then comes the end.
    void close() noexcept;
    [[nodiscard]] bool is_open() const noexcept { return handle_ != nullptr; }

    /// Begins to read ahead, as read() does, for those who only want to know when the end comes.
    void start_reading();
    /// Waits until the end (a failure, close()) has arrived; bytes may be left to read. It comes
    /// only if they fit in kReadAhead or somebody reads. Cancelled when stop is requested.
    [[nodiscard]] auto wait_end() {
        start_reading();
        return ended_.wait();
    }

    /// Bytes that have arrived and were not read.
    [[nodiscard]] std::size_t waiting() const noexcept { return size_; }
    /// Whether there is something to read: here, or in the system. A system call, no wait.
    [[nodiscard]] bool has_arrived() const noexcept;
    /// Whether the other side has been closed by all who held it, or will send no more; whatever
    /// is left to read here. A system call, no wait.
    [[nodiscard]] bool hung_up() const noexcept;

    [[nodiscard]] const std::string& name() const noexcept { return name_; }

protected:
    /// An initialised handle of whichever kind, with the way to close it.
    using StreamPtr = std::unique_ptr<uv_stream_t, void (*)(uv_stream_t*) noexcept>;

    template <class H>
    static StreamPtr as_stream(HandlePtr<H> handle) noexcept {
        const auto close = [](uv_stream_t* stream) noexcept {
            CloseHandle<H>()(reinterpret_cast<H*>(stream));
        };
        return StreamPtr(reinterpret_cast<uv_stream_t*>(handle.release()), close);
    }

    /// For a handle that is connected already.
    ByteStream(StreamPtr handle, std::string name);

private:
    struct WriteRequest;

    void offer_room(uv_buf_t& room);
    void on_read(ssize_t size) noexcept;
    void stop_reading() noexcept;
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
    Event news_;
    Event ended_;

    std::size_t writing_ = 0;
    int write_status_ = 0;
    bool write_closing_ = false;
    Event write_closed_;

    StreamPtr handle_;
};

}  // namespace runnel
