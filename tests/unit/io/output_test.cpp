#include "io/output.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <ctime>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "async/run.hpp"
#include "async/sleep.hpp"
#include "async/task_group.hpp"
#include "support/descriptors.hpp"

namespace runnel {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t kMega = 1'000'000;

Deadline in(Duration span) { return Deadline(Clock::now() + span); }

/// Maximum time for an operation: far more than needed, but less than a test's time-out.
Deadline soon() { return in(30s); }

Task<bool> fails_by(Output& output, Deadline deadline) {
    const bool failed = co_await output.failed().wait_until(deadline);
    co_return failed;
}

Task<bool> reaches(Output& output, std::uint64_t position) {
    const bool reached = co_await output.written_up_to(position);
    co_return reached;
}

Task<void> wait_for_room(Output& output) { co_await output.writable(); }

Task<void> note_room(Output& output, std::vector<int>& order, int number) {
    co_await output.writable();
    order.push_back(number);
}

Task<void> pause(Duration span) { co_await sleep_for(span); }

/// Returns numbered lines, so that lost, duplicated or misplaced bytes are detected.
std::string numbered_lines(std::size_t size) {
    std::string lines;
    for (int i = 0; lines.size() < size; ++i) {
        lines += std::to_string(i) + '\n';
    }
    return lines;
}

/// Appends \a text in pieces of different sizes, awaiting writable() before each.
Task<bool> append_all(Output& output, const std::string& text) {
    std::size_t size = 1;
    for (std::size_t at = 0; at < text.size(); at += size, size = size * 7 % 10'007) {
        co_await output.writable();
        output.append(std::string_view(text).substr(at, size));
    }
    const Deadline deadline = soon();
    co_return co_await output.flush(deadline);
}

/// Writes \a bytes to \a fd. Returns whether that succeeded and the flags are unchanged.
bool writes(int fd, std::string_view bytes) {
    const int flags = test::flags_of(fd);
    Loop loop;
    Output output(loop, fd);
    output.append(bytes);
    const bool flushed = run(loop, output.flush(soon()));
    return flushed && !output.error() && output.written() == bytes.size() &&
           test::flags_of(fd) == flags;
}

TEST(Output, WritesToAPipe) {
    test::Ends pipe = test::make_pipe();
    EXPECT_TRUE(writes(pipe.second.get(), "one\ntwo\n"));
    pipe.second.reset();
    EXPECT_EQ(test::read_all(pipe.first.get()), "one\ntwo\n");
}

TEST(Output, WritesToAFileAtItsPosition) {
    const UniqueFd file = test::make_file("12345");
    ASSERT_EQ(::lseek(file.get(), 2, SEEK_SET), 2);
    EXPECT_TRUE(writes(file.get(), "ab"));
    ::lseek(file.get(), 0, SEEK_SET);
    EXPECT_EQ(test::read_all(file.get()), "12ab5");
}

TEST(Output, WritesToASocketATerminalAndTheNullDevice) {
    if (!test::has_terminals()) {
        GTEST_SKIP() << "pseudo-terminals are not available";
    }
    const test::Ends sockets = test::make_sockets();
    EXPECT_TRUE(writes(sockets.second.get(), "x\n"));
    EXPECT_EQ(test::read_exactly(sockets.first.get(), 2), "x\n");
    const test::Ends terminal = test::make_terminal();
    EXPECT_TRUE(writes(terminal.second.get(), "x\n"));
    EXPECT_EQ(test::read_exactly(terminal.first.get(), 3), "x\r\n");
    EXPECT_TRUE(writes(test::open_path("/dev/null", O_WRONLY).get(), "x\n"));
}

TEST(Output, EscapesControlCharactersOnATerminal) {
    if (!test::has_terminals()) {
        GTEST_SKIP() << "pseudo-terminals are not available";
    }
    const test::Ends terminal = test::make_terminal();
    Loop loop;
    Output output(loop, terminal.second.get());
    EXPECT_TRUE(output.at_terminal());
    output.append("\x1b[0m");
    output.set_content(Output::Content::Text);
    output.append("\x1b\xe2\x80");
    std::string rest = "\xae" + std::string(100'000, 'x');
    output.append_from(rest);
    EXPECT_EQ(rest, "");
    output.append("\r");  // held back
    output.set_content(Output::Content::Json);
    output.append("\x1b");
    output.set_content(Output::Content::Bytes);
    output.append("\a");
    const std::string expected =
        "\x1b[0m\\x1b\\xe2\\x80\\xae" + std::string(100'000, 'x') + "\\x0d\\u001b\a";
    EXPECT_EQ(output.appended(), expected.size());
    std::string shown;
    std::thread reader([&] { shown = test::read_exactly(terminal.first.get(), expected.size()); });
    EXPECT_TRUE(run(loop, output.flush(soon())));
    reader.join();
    EXPECT_EQ(shown, expected);
}

TEST(Output, FlushesWhatTheFilterHoldsBack) {
    if (!test::has_terminals()) {
        GTEST_SKIP() << "pseudo-terminals are not available";
    }
    const test::Ends terminal = test::make_terminal();
    Loop loop;
    Output output(loop, terminal.second.get());
    output.set_content(Output::Content::Text);
    output.append("\xe2\x80");
    EXPECT_TRUE(run(loop, output.flush(soon())));
    EXPECT_EQ(test::read_exactly(terminal.first.get(), 8), "\\xe2\\x80");
}

TEST(Output, EscapesNothingElsewhere) {
    test::Ends pipe = test::make_pipe();
    Loop loop;
    Output output(loop, pipe.second.get());
    EXPECT_FALSE(output.at_terminal());
    output.set_content(Output::Content::Text);
    output.append("\x1b\xff\r");
    EXPECT_TRUE(run(loop, output.flush(soon())));
    EXPECT_EQ(test::read_exactly(pipe.first.get(), 3), "\x1b\xff\r");
}

TEST(Output, WritesWithoutBeingFlushed) {
    const test::Ends pipe = test::make_pipe();
    Loop loop;
    Output output(loop, pipe.second.get());
    for (int i = 0; i < 20; ++i) {
        output.append("a line\n");
        EXPECT_TRUE(run(loop, reaches(output, output.appended())));
        EXPECT_EQ(test::read_exactly(pipe.first.get(), 7), "a line\n");
    }
}

Task<void> append_in_turns(Output& output, Duration span) {
    for (const TimePoint start = Clock::now(); Clock::now() - start < span;) {
        output.append("x");
        co_await sleep_for(Duration::zero());
    }
}

TEST(Output, WakesItsThreadAtMostOncePerMillisecond) {
    const test::Ends sockets = test::make_sockets(SOCK_SEQPACKET);
    const TimePoint start = Clock::now();
    {
        Loop loop;
        Output output(loop, sockets.second.get());
        run(loop, append_in_turns(output, 20ms));
        EXPECT_TRUE(run(loop, output.flush(soon())));
    }
    const auto limit = (Clock::now() - start) / 1ms + 2;
    test::make_nonblocking(sockets.first.get());
    std::array<char, 65536> buffer = {};
    std::int64_t writes_seen = 0;
    while (::read(sockets.first.get(), buffer.data(), buffer.size()) > 0) {
        ++writes_seen;
    }
    EXPECT_GE(writes_seen, 2);
    EXPECT_LE(writes_seen, limit);
}

/// Writes through a pipe of one page to a slow reader, so that nearly every write is partial.
void expect_in_order(bool nonblocking) {
    test::Ends pipe = test::make_pipe();
    ASSERT_GT(::fcntl(pipe.second.get(), F_SETPIPE_SZ, 4096), 0);
    if (nonblocking) {
        test::make_nonblocking(pipe.second.get());
    }
    const int flags = test::flags_of(pipe.second.get());
    const std::string text = numbered_lines(10 * kMega);
    std::string got;
    std::thread reader([&] {
        for (int i = 0; i < 20; ++i) {
            got += test::read_exactly(pipe.first.get(), 1000);
            std::this_thread::sleep_for(1ms);
        }
        got += test::read_all(pipe.first.get());
    });
    Loop loop;
    {
        Output output(loop, pipe.second.get());
        EXPECT_TRUE(run(loop, append_all(output, text)));
        EXPECT_EQ(output.written(), text.size());
    }
    EXPECT_EQ(test::flags_of(pipe.second.get()), flags);
    pipe.second.reset();
    reader.join();
    EXPECT_TRUE(got == text);
}

TEST(Output, KeepsEveryByteInOrderThroughATinyPipe) { expect_in_order(false); }

TEST(Output, WaitsOnANonBlockingDescriptor) { expect_in_order(true); }

TEST(Output, WritesAHugeAppend) {
    test::Ends pipe = test::make_pipe();
    const std::string text = numbered_lines(20 * kMega);
    std::string got;
    std::thread reader([&] { got = test::read_all(pipe.first.get()); });
    {
        Loop loop;
        Output output(loop, pipe.second.get());
        output.append("first\n");
        output.append(text);
        output.append("last\n");
        EXPECT_TRUE(run(loop, output.flush(soon())));
    }
    pipe.second.reset();
    reader.join();
    EXPECT_TRUE(got == "first\n" + text + "last\n");
}

TEST(Output, WritesBuffersOfEverySizeInOrder) {
    const UniqueFd file = test::make_file("");
    Loop loop;
    Output output(loop, file.get());
    std::string expected;
    for (const std::size_t size : {1U, 100'000U, 0U, 10U, 32'768U, 32'767U, 3'000'000U, 5U}) {
        output.append("between\n");
        std::string buffer = numbered_lines(size).substr(0, size);
        expected += "between\n" + buffer;
        output.append_from(buffer);
        EXPECT_EQ(buffer, "");
        EXPECT_EQ(output.appended(), expected.size());
    }
    EXPECT_TRUE(run(loop, output.flush(soon())));
    ::lseek(file.get(), 0, SEEK_SET);
    EXPECT_TRUE(test::read_all(file.get()) == expected);
}

TEST(Output, KeepsASmallBuffersMemoryAndMovesALargeOne) {
    const UniqueFd null = test::open_path("/dev/null", O_WRONLY);
    Loop loop;
    Output output(loop, null.get());
    std::string small(1000, 's');
    std::string large(1'000'000, 'l');
    output.append_from(small);
    output.append_from(large);
    EXPECT_GE(small.capacity(), 1000U);
    EXPECT_LT(large.capacity(), 1000U);
    EXPECT_TRUE(run(loop, output.flush(soon())));
}

TEST(Output, WritesAMillionAppends) {
    const UniqueFd null = test::open_path("/dev/null", O_WRONLY);
    Loop loop;
    Output output(loop, null.get());
    for (int i = 0; i < 1'000'000; ++i) {
        output.append("a line of some twenty b\n");
    }
    EXPECT_EQ(output.appended(), 24 * kMega);
    EXPECT_TRUE(run(loop, output.flush(soon())));
    EXPECT_EQ(output.written(), 24 * kMega);
}

TEST(Output, DetectsWhileIdleThatAPipesReaderIsGone) {
    test::Ends pipe = test::make_pipe();
    Loop loop;
    Output output(loop, pipe.second.get());
    output.append("x");
    ASSERT_TRUE(run(loop, output.flush(soon())));
    EXPECT_FALSE(output.error());
    pipe.first.reset();
    EXPECT_TRUE(run(loop, fails_by(output, in(1s))));
    ASSERT_TRUE(output.error());
    EXPECT_EQ(output.error()->error_class(), ErrorClass::Sink);
    EXPECT_EQ(output.error()->code(), EPIPE);
    EXPECT_EQ(output.error()->message(), "stdout: Broken pipe");
}

TEST(Output, DetectsWhileIdleThatASocketsPeerIsGone) {
    test::Ends sockets = test::make_sockets();
    Loop loop;
    Output output(loop, sockets.second.get());
    sockets.first.reset();
    EXPECT_TRUE(run(loop, fails_by(output, in(1s))));
    EXPECT_EQ(output.error()->code(), EPIPE);
}

TEST(Output, DetectsWhileIdleThatATerminalIsGone) {
    if (!test::has_terminals()) {
        GTEST_SKIP() << "pseudo-terminals are not available";
    }
    test::Ends terminal = test::make_terminal();
    Loop loop;
    Output output(loop, terminal.second.get());
    terminal.first.reset();
    EXPECT_TRUE(run(loop, fails_by(output, in(1s))));
    EXPECT_EQ(output.error()->code(), EIO);
}

TEST(Output, DetectsThatTheReaderIsGoneWhileAWriteIsStuck) {
    for (const bool nonblocking : {false, true}) {
        test::Ends pipe = test::make_pipe();
        if (nonblocking) {
            test::make_nonblocking(pipe.second.get());
        }
        Loop loop;
        Output output(loop, pipe.second.get());
        output.append(std::string(kMega, 'x'));
        EXPECT_FALSE(run(loop, output.flush(in(20ms))));
        pipe.first.reset();
        EXPECT_TRUE(run(loop, fails_by(output, in(1s))));
        EXPECT_EQ(output.error()->code(), EPIPE);
    }
}

TEST(Output, WritesToAPeerThatHasOnlyEndedItsOwnDirection) {
    const test::Ends sockets = test::make_sockets();
    ::shutdown(sockets.first.get(), SHUT_WR);
    Loop loop;
    Output output(loop, sockets.second.get());
    EXPECT_FALSE(run(loop, fails_by(output, in(30ms))));
    output.append("x");
    EXPECT_TRUE(run(loop, output.flush(soon())));
    EXPECT_EQ(test::read_exactly(sockets.first.get(), 1), "x");
}

Duration processor_time() {
    timespec spent = {};
    ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &spent);
    return std::chrono::seconds(spent.tv_sec) + std::chrono::nanoseconds(spent.tv_nsec);
}

/// Writes to the controlling side of a terminal whose other side is not open: a hang-up that is not
/// a failure.
UniqueFd hung_up_terminal() { return test::make_terminal().first; }

TEST(Output, UsesNoCpuTimeWhileIdle) {
    if (!test::has_terminals()) {
        GTEST_SKIP() << "pseudo-terminals are not available";
    }
    const test::Ends pipe = test::make_pipe();
    const test::Ends sockets = test::make_sockets();
    const test::Ends terminal = test::make_terminal();
    const UniqueFd hung_up = hung_up_terminal();
    const UniqueFd file = test::make_file("");
    const UniqueFd null = test::open_path("/dev/null", O_WRONLY);
    ::shutdown(sockets.first.get(), SHUT_WR);
    for (const int fd : {pipe.second.get(), sockets.second.get(), terminal.second.get(),
                         hung_up.get(), file.get(), null.get()}) {
        Loop loop;
        Output output(loop, fd);
        const Duration before = processor_time();
        run(loop, pause(100ms));
        EXPECT_LT(processor_time() - before, 50ms) << fd;
        output.append("x");
        EXPECT_TRUE(run(loop, output.flush(soon()))) << fd;
    }
}

TEST(Output, FailsOnAFullDiskAndDropsLaterBytes) {
    const UniqueFd full = test::open_path("/dev/full", O_WRONLY);
    Loop loop;
    Output output(loop, full.get());
    output.append("x");
    EXPECT_FALSE(run(loop, output.flush(soon())));
    ASSERT_TRUE(output.error());
    EXPECT_EQ(output.error()->error_class(), ErrorClass::Sink);
    EXPECT_EQ(output.error()->code(), ENOSPC);
    EXPECT_EQ(output.error()->message(), "stdout: No space left on device");
    EXPECT_TRUE(output.failed().is_set());
    output.append(std::string(kMega, 'x'));
    EXPECT_EQ(output.appended(), kMega + 1);
    EXPECT_EQ(output.written(), 0U);
    run(loop, wait_for_room(output));
    EXPECT_FALSE(run(loop, reaches(output, output.appended())));
    EXPECT_FALSE(run(loop, output.flush(soon())));
}

TEST(Output, FailsOnADescriptorThatIsNotOpenForWriting) {
    const UniqueFd null = test::open_path("/dev/null", O_RDONLY);
    Loop loop;
    Output output(loop, null.get(), Output::kHighWater, "the log");
    output.append("x");
    EXPECT_FALSE(run(loop, output.flush(soon())));
    EXPECT_EQ(output.error()->code(), EBADF);
    EXPECT_EQ(output.error()->message(), "the log: Bad file descriptor");
}

/// Fills the output's pipe and buffer, lets tasks wait in writable(), and drains the pipe.
Task<void> hold_back(Output& output, int reader, std::size_t appended) {
    const Context& context = co_await this_task::context();
    output.append(std::string(appended, 'x'));
    std::vector<int> order;
    TaskGroup group(context);
    for (int i = 0; i < 40; ++i) {
        group.start(note_room(output, order, i));
    }
    co_await sleep_for(20ms);
    EXPECT_TRUE(order.empty());
    test::read_exactly(reader, appended);
    co_await group.join();
    EXPECT_EQ(order.size(), 40U);
    EXPECT_TRUE(std::is_sorted(order.begin(), order.end()));
}

TEST(Output, ResumesTasksInWritableInOrder) {
    const test::Ends pipe = test::make_pipe();
    Loop loop;
    Output output(loop, pipe.second.get(), 1000);
    run(loop, hold_back(output, pipe.first.get(), kMega / 2));
}

TEST(Output, IsWritableUpToTheHighWaterMark) {
    const test::Ends pipe = test::make_pipe();
    Loop loop;
    Output output(loop, pipe.second.get(), 1000);
    output.append(std::string(1000, 'x'));
    run(loop, wait_for_room(output));
    EXPECT_EQ(output.written(), 0U);
}

/// Cancels every kind of wait on a stuck output.
Task<void> cancel_waits(Output& output) {
    const Context& context = co_await this_task::context();
    std::vector<int> order;
    TaskGroup group(context);
    const auto wait_written = [&]() -> Task<void> {
        co_await output.written_up_to(output.appended());
        order.push_back(2);
    };
    group.start(note_room(output, order, 1));
    group.start(wait_written());
    co_await sleep_for(5ms);
    group.request_stop();
    co_await group.join();
    EXPECT_TRUE(order.empty());
}

TEST(Output, WaitsCanBeCancelledAndLimited) {
    const test::Ends pipe = test::make_pipe();
    Loop loop;
    Output output(loop, pipe.second.get(), 1000);
    output.append(std::string(kMega, 'x'));
    run(loop, cancel_waits(output));
    const TimePoint start = Clock::now();
    EXPECT_FALSE(run(loop, output.flush(in(20ms))));
    EXPECT_GE(Clock::now() - start, 20ms);
    EXPECT_FALSE(output.error());
    std::stop_source stop;
    stop.request_stop();
    EXPECT_THROW(run(loop, wait_for_room(output), stop.get_token()), Cancelled);
}

Task<void> follow_positions(Output& output, int reader) {
    const Context& context = co_await this_task::context();
    output.append(std::string(kMega, 'x'));
    std::vector<int> order;
    const auto follow = [&](std::uint64_t position, int number) -> Task<void> {
        const bool reached = co_await output.written_up_to(position);
        EXPECT_TRUE(reached);
        EXPECT_GE(output.written(), position);
        order.push_back(number);
    };
    TaskGroup group(context);
    group.start(follow(kMega, 3));
    group.start(follow(kMega / 2, 2));
    group.start(follow(1, 1));
    std::thread draining([reader] { test::read_exactly(reader, kMega); });
    co_await group.join();
    draining.join();
    EXPECT_EQ(order, (std::vector<int>{1, 2, 3}));
}

TEST(Output, ResumesEachWaiterForAPosition) {
    const test::Ends pipe = test::make_pipe();
    Loop loop;
    Output output(loop, pipe.second.get());
    run(loop, follow_positions(output, pipe.first.get()));
}

TEST(Output, WritesNothingMoreOnceItHasGivenUp) {
    test::Ends pipe = test::make_pipe();
    Loop loop;
    Output output(loop, pipe.second.get());
    output.append(std::string(kMega, 'x'));
    EXPECT_FALSE(run(loop, output.flush(in(20ms))));
    output.give_up();
    const std::uint64_t written = output.written();
    EXPECT_LT(written, kMega);
    EXPECT_EQ(test::read_exactly(pipe.first.get(), written), std::string(written, 'x'));
    pipe.second.reset();
    EXPECT_EQ(test::read_all(pipe.first.get()), "");
    EXPECT_EQ(output.written(), written);
}

TEST(Output, EndsAtOnceWhileAWriteIsStuck) {
    for (const bool nonblocking : {false, true}) {
        const test::Ends pipe = test::make_pipe();
        if (nonblocking) {
            test::make_nonblocking(pipe.second.get());
        }
        Loop loop;
        TimePoint start;
        {
            Output output(loop, pipe.second.get());
            output.append(std::string(kMega, 'x'));
            EXPECT_FALSE(run(loop, output.flush(in(20ms))));
            start = Clock::now();
        }
        EXPECT_LT(Clock::now() - start, 1s);
    }
}

TEST(Output, EndsAtOnceWithSomethingPending) {
    const test::Ends pipe = test::make_pipe();
    Loop loop;
    {
        Output output(loop, pipe.second.get());
        run(loop, append_in_turns(output, 2ms));
        output.append("x");
    }
    run(loop, pause(5ms));
}

}  // namespace
}  // namespace runnel
