#include "io/byte_stream.hpp"

#include <cerrno>
#include <chrono>
#include <memory>
#include <string>
#include <thread>
#include <tuple>
#include <utility>

#include <gtest/gtest.h>

#include "async/gather.hpp"
#include "async/run.hpp"
#include "async/sleep.hpp"
#include "async/task_group.hpp"
#include "support/byte_streams.hpp"
#include "support/descriptors.hpp"
#include "support/tasks.hpp"

namespace runnel {
namespace {

using namespace std::chrono_literals;
using Bytes = Result<std::string>;

/// More bytes than the buffers of a pipe or a socket can hold.
constexpr std::size_t kMuch = std::size_t{4} << 20;

/// A stream and the descriptor at its other end.
class OneEnd {
public:
    OneEnd(Loop& loop, UniqueFd ours, UniqueFd others)
        : stream(loop, std::move(ours), "pipe"), other(std::move(others)) {}

    ByteStream stream;
    UniqueFd other;
};

OneEnd reading_end(Loop& loop) {
    test::Ends pipe = test::make_pipe();
    return OneEnd(loop, std::move(pipe.first), std::move(pipe.second));
}

OneEnd writing_end(Loop& loop) {
    test::Ends pipe = test::make_pipe();
    return OneEnd(loop, std::move(pipe.second), std::move(pipe.first));
}

OneEnd socket_end(Loop& loop) {
    test::Ends sockets = test::make_sockets();
    return OneEnd(loop, std::move(sockets.first), std::move(sockets.second));
}

TEST(ByteStream, ReadsBytesAndThenTheEnd) {
    Loop loop;
    OneEnd pipe = reading_end(loop);
    test::write_all(pipe.other.get(), "abc");
    EXPECT_EQ(run(loop, pipe.stream.read()).value(), "abc");
    test::write_all(pipe.other.get(), "de");
    EXPECT_EQ(run(loop, pipe.stream.read()).value(), "de");
    pipe.other.reset();
    EXPECT_EQ(run(loop, pipe.stream.read()).value(), "");
    EXPECT_EQ(run(loop, pipe.stream.read()).value(), "");
}

TEST(ByteStream, ReadsNothingBeforeTheFirstRead) {
    Loop loop;
    OneEnd pipe = reading_end(loop);
    test::write_all(pipe.other.get(), "abc");
    run(loop, test::done_after(5ms));
    EXPECT_EQ(pipe.stream.waiting(), 0U);
}

TEST(ByteStream, ReadsNoFurtherAheadThanItsLimit) {
    Loop loop;
    OneEnd sockets = socket_end(loop);
    std::thread producer([&] { test::write_all(sockets.other.get(), std::string(kMuch, 'x')); });
    sockets.stream.start_reading();
    while (sockets.stream.waiting() < ByteStream::kReadAhead) {
        run(loop, test::done_after(1ms));
    }
    run(loop, test::done_after(20ms));
    EXPECT_EQ(sockets.stream.waiting(), ByteStream::kReadAhead);
    std::size_t got = 0;
    while (got < kMuch) {
        const Bytes bytes = run(loop, sockets.stream.read());
        ASSERT_TRUE(bytes.ok());
        ASSERT_LE(bytes->size(), ByteStream::kReadAhead);
        got += bytes->size();
    }
    EXPECT_EQ(got, kMuch);
    producer.join();
}

TEST(ByteStream, LosesNothingWhenAReadIsStopped) {
    Loop loop;
    OneEnd pipe = reading_end(loop);
    const test::StopAfter stop(loop, 5ms);
    EXPECT_THROW(static_cast<void>(run(loop, pipe.stream.read(), stop.token())), Cancelled);
    test::write_all(pipe.other.get(), "abc");
    EXPECT_THROW(static_cast<void>(run(loop, pipe.stream.read(), test::stopped())), Cancelled);
    EXPECT_EQ(run(loop, pipe.stream.read()).value(), "abc");
}

TEST(ByteStream, CanBeAwaitedForTheEndAlone) {
    Loop loop;
    OneEnd pipe = reading_end(loop);
    test::write_all(pipe.other.get(), "abc");
    EXPECT_FALSE(pipe.stream.hung_up());
    pipe.other.reset();
    EXPECT_TRUE(pipe.stream.hung_up());
    auto wait_end = [&]() -> Task<void> { co_await pipe.stream.wait_end(); };
    run(loop, wait_end());
    EXPECT_EQ(run(loop, pipe.stream.read()).value(), "abc");
    EXPECT_EQ(run(loop, pipe.stream.read()).value(), "");
}

TEST(ByteStream, ReportsWhyItCannotRead) {
    Loop loop;
    OneEnd pipe = writing_end(loop);
    const Bytes bytes = run(loop, pipe.stream.read());
    ASSERT_FALSE(bytes.ok());
    EXPECT_EQ(bytes.error().error_class(), ErrorClass::Truncated);
    EXPECT_EQ(bytes.error().code(), ENOTCONN);
    EXPECT_EQ(bytes.error().message().substr(0, 6), "pipe: ");
}

TEST(ByteStream, WritesInTheOrderOfTheCalls) {
    Loop loop;
    OneEnd pipe = writing_end(loop);
    auto both = gather(pipe.stream.write("abc"), pipe.stream.write("de"), pipe.stream.write(""));
    const auto written = run(loop, std::move(both));
    EXPECT_TRUE(std::get<0>(written).ok());
    EXPECT_TRUE(std::get<1>(written).ok());
    EXPECT_TRUE(std::get<2>(written).ok());
    EXPECT_EQ(test::read_exactly(pipe.other.get(), 5), "abcde");
}

TEST(ByteStream, WritesWaitUntilTheSystemHasTakenAll) {
    Loop loop;
    OneEnd pipe = writing_end(loop);
    bool written = false;
    auto write = [&]() -> Task<void> {
        const Result<void> done = co_await pipe.stream.write(std::string(kMuch, 'x'));
        written = done.ok();
    };
    std::string taken;
    std::thread reader;
    auto take = [&]() -> Task<void> {
        co_await sleep_for(20ms);
        EXPECT_FALSE(written);
        reader = std::thread([&] { taken = test::read_exactly(pipe.other.get(), kMuch); });
    };
    run(loop, gather(test::tasks_of<void>(write(), take())));
    reader.join();
    EXPECT_TRUE(written);
    EXPECT_EQ(taken.size(), kMuch);
}

TEST(ByteStream, AWriteFailsIfTheReaderIsGone) {
    Loop loop;
    OneEnd pipe = writing_end(loop);
    pipe.other.reset();
    EXPECT_TRUE(pipe.stream.hung_up());
    for (int i = 0; i < 2; ++i) {
        const Result<void> written = run(loop, pipe.stream.write("abc"));
        ASSERT_FALSE(written.ok());
        EXPECT_EQ(written.error().error_class(), ErrorClass::Sink);
        EXPECT_EQ(written.error().code(), EPIPE);
    }
    EXPECT_EQ(run(loop, pipe.stream.close_write()).error().code(), EPIPE);
}

TEST(ByteStream, SendsTheBytesOfAStoppedWrite) {
    Loop loop;
    OneEnd pipe = writing_end(loop);
    const test::StopAfter stop(loop, 5ms);
    EXPECT_THROW(
        static_cast<void>(run(loop, pipe.stream.write(std::string(kMuch, 'x')), stop.token())),
        Cancelled);
    EXPECT_THROW(static_cast<void>(run(loop, pipe.stream.write("never"), test::stopped())),
                 Cancelled);
    std::string taken;
    std::thread reader([&] { taken = test::read_all(pipe.other.get()); });
    EXPECT_TRUE(run(loop, pipe.stream.write("end")).ok());
    EXPECT_TRUE(run(loop, pipe.stream.close_write()).ok());
    reader.join();
    EXPECT_EQ(taken.size(), kMuch + 3);
    EXPECT_EQ(taken.substr(kMuch), "end");
}

TEST(ByteStream, ClosesAPipeAfterEverythingWasWritten) {
    Loop loop;
    OneEnd pipe = writing_end(loop);
    EXPECT_TRUE(run(loop, pipe.stream.write("abc")).ok());
    EXPECT_TRUE(run(loop, pipe.stream.close_write()).ok());
    EXPECT_TRUE(run(loop, pipe.stream.close_write()).ok());
    EXPECT_FALSE(pipe.stream.is_open());
    EXPECT_EQ(test::read_all(pipe.other.get()), "abc");
    EXPECT_EQ(run(loop, pipe.stream.write("d")).error().code(), EPIPE);
}

TEST(ByteStream, SignalsTheEndEvenIfTheWaitIsStopped) {
    Loop loop;
    OneEnd pipe = writing_end(loop);
    EXPECT_THROW(static_cast<void>(run(loop, pipe.stream.close_write(), test::stopped())),
                 Cancelled);
    EXPECT_EQ(test::read_all(pipe.other.get()), "");
}

TEST(ByteStream, ReadsFromASocketAfterCloseWrite) {
    Loop loop;
    OneEnd sockets = socket_end(loop);
    EXPECT_TRUE(run(loop, sockets.stream.write("abc")).ok());
    EXPECT_TRUE(run(loop, sockets.stream.close_write()).ok());
    EXPECT_EQ(test::read_all(sockets.other.get()), "abc");
    EXPECT_FALSE(sockets.stream.hung_up());
    test::write_all(sockets.other.get(), "answer");
    EXPECT_EQ(run(loop, sockets.stream.read()).value(), "answer");
    EXPECT_EQ(run(loop, sockets.stream.write("d")).error().code(), EPIPE);
}

TEST(ByteStream, CloseEndsReadsAndWrites) {
    Loop loop;
    OneEnd sockets = socket_end(loop);
    auto close_later = [&]() -> Task<void> {
        co_await sleep_for(5ms);
        sockets.stream.close();
        sockets.stream.close();
    };
    auto all = gather(sockets.stream.read(), sockets.stream.write(std::string(kMuch, 'x')),
                      test::value_now(1), test::value_now(2));
    auto endings = [&]() -> Task<void> {
        const auto ended = co_await std::move(all);
        EXPECT_EQ(std::get<0>(ended).value(), "");
        EXPECT_EQ(std::get<1>(ended).error().code(), ECANCELED);
    };
    run(loop, gather(test::tasks_of<void>(endings(), close_later())));
    EXPECT_EQ(run(loop, sockets.stream.close_write()).error().code(), ECANCELED);
}

TEST(ByteStream, ReturnsArrivedBytesAfterClose) {
    Loop loop;
    OneEnd pipe = reading_end(loop);
    test::write_all(pipe.other.get(), "abc");
    pipe.stream.start_reading();
    run(loop, test::done_after(5ms));
    pipe.stream.close();
    EXPECT_EQ(run(loop, pipe.stream.read()).value(), "abc");
    EXPECT_EQ(run(loop, pipe.stream.read()).value(), "");
}

TEST(ByteStream, MayBeDestroyedWhileItReadsAndWrites) {
    Loop loop;
    {
        OneEnd sockets = socket_end(loop);
        sockets.stream.start_reading();
        const test::StopAfter stop(loop, 5ms);
        EXPECT_THROW(static_cast<void>(
                         run(loop, sockets.stream.write(std::string(kMuch, 'x')), stop.token())),
                     Cancelled);
        test::write_all(sockets.other.get(), "too late");
    }
    run(loop, test::done_after(5ms));
}

TEST(ByteStream, AWriteFailsWhenItsStreamIsDestroyed) {
    Loop loop;
    test::Ends pipe = test::make_pipe();
    auto stream = std::make_unique<ByteStream>(loop, std::move(pipe.second),
                                               "a name that is too long to be inside its string");
    std::string message;
    auto write = [&]() -> Task<void> {
        const Result<void> written = co_await stream->write(std::string(4 << 20, 'x'));
        message = written.ok() ? "written" : written.error().message();
    };
    auto all = [&]() -> Task<void> {
        const Context& context = co_await this_task::context();
        TaskGroup group(context);
        group.start(write());
        group.start(test::done_after(5ms));
        co_await sleep_for(1ms);
        stream.reset();
        co_await group.join();
    };
    run(loop, all());
    EXPECT_TRUE(message.starts_with("a name that is too long")) << message;
}

}  // namespace
}  // namespace runnel
