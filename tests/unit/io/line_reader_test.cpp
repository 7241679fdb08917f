#include "io/line_reader.hpp"

#include <sys/wait.h>

#include <array>
#include <chrono>
#include <csignal>
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
using namespace std::string_literals;
using Next = Result<std::optional<Line>>;
using Texts = std::vector<std::string>;

class Lines {
public:
    Texts texts;
    std::vector<Line> lines;
    std::optional<Error> error;
};

Task<Lines> take_all(LineReader& reader) {
    Lines all;
    for (;;) {
        Next next = co_await reader.next();
        if (!next.ok()) {
            all.error = next.error();
            break;
        }
        if (!next.value()) {
            break;
        }
        all.texts.push_back(next.value()->text);
        all.lines.push_back(*std::move(next.value()));
    }
    co_return all;
}

Task<std::string> take(LineReader& reader) {
    Next next = co_await reader.next();
    co_return next.value()->text;
}

Lines lines_of(int fd, std::uint64_t max_line = 0, char delimiter = '\n') {
    Loop loop;
    LineReader reader(loop, fd, max_line, delimiter);
    return run(loop, take_all(reader));
}

TEST(LineReader, ReadsAPipeToItsEnd) {
    test::Ends pipe = test::make_pipe();
    test::write_all(pipe.second.get(), "a\nb\n");
    pipe.second.reset();
    EXPECT_EQ(lines_of(pipe.first.get()).texts, (Texts{"a", "b"}));
}

TEST(LineReader, ReturnsWhatItHasReadWhenItStopsReading) {
    test::Ends pipe = test::make_pipe();
    test::write_all(pipe.second.get(), "a\nb\nunfin");
    Loop loop;
    LineReader reader(loop, pipe.first.get(), 0);
    EXPECT_EQ(run(loop, take(reader)), "a");
    EXPECT_FALSE(reader.stop_reading());
    test::write_all(pipe.second.get(), "ished\n");
    EXPECT_EQ(run(loop, take_all(reader)).texts, (Texts{"b", "unfin"}));
    EXPECT_EQ(test::read_exactly(pipe.first.get(), 6), "ished\n");
}

TEST(LineReader, CanStopBeforeItHasReadAnything) {
    test::Ends pipe = test::make_pipe();
    test::write_all(pipe.second.get(), "a\n");
    Loop loop;
    LineReader reader(loop, pipe.first.get(), 0);
    EXPECT_FALSE(reader.stop_reading());
    EXPECT_EQ(run(loop, take_all(reader)).texts, Texts());
    EXPECT_EQ(test::read_exactly(pipe.first.get(), 2), "a\n");
}

TEST(LineReader, TellsThatTheInputHadEndedWhenItStopsReading) {
    test::Ends pipe = test::make_pipe();
    test::write_all(pipe.second.get(), "a");
    pipe.second.reset();
    Loop loop;
    LineReader reader(loop, pipe.first.get(), 0);
    EXPECT_EQ(run(loop, take_all(reader)).texts, Texts{"a"});
    EXPECT_TRUE(reader.stop_reading());
}

TEST(LineReader, ReadsAFileFromItsPosition) {
    const UniqueFd file = test::make_file("half\nread\nfile");
    ASSERT_EQ(test::read_exactly(file.get(), 5), "half\n");
    EXPECT_EQ(lines_of(file.get()).texts, (Texts{"read", "file"}));
}

TEST(LineReader, ReadsASocket) {
    test::Ends sockets = test::make_sockets();
    test::write_all(sockets.second.get(), "a\nb");
    sockets.second.reset();
    EXPECT_EQ(lines_of(sockets.first.get()).texts, (Texts{"a", "b"}));
}

TEST(LineReader, ReadsATerminalToTheEndOfFileCharacter) {
    if (!test::has_terminals()) {
        GTEST_SKIP() << "pseudo-terminals are not available";
    }
    const test::Ends terminal = test::make_terminal();
    test::write_all(terminal.first.get(), "a\nb\n\x04");
    EXPECT_EQ(lines_of(terminal.second.get()).texts, (Texts{"a", "b"}));
}

TEST(LineReader, ReadsTheNullDeviceAndAnEmptyFile) {
    EXPECT_TRUE(lines_of(test::open_path("/dev/null", O_RDONLY).get()).lines.empty());
    EXPECT_TRUE(lines_of(test::make_file("").get()).lines.empty());
}

TEST(LineReader, ReturnsTheEndRepeatedly) {
    const UniqueFd file = test::make_file("a");
    Loop loop;
    LineReader reader(loop, file.get(), 0);
    EXPECT_EQ(run(loop, take_all(reader)).texts, (Texts{"a"}));
    EXPECT_TRUE(run(loop, take_all(reader)).texts.empty());
}

TEST(LineReader, WaitsOnANonBlockingDescriptorAndKeepsItsFlags) {
    test::Ends pipe = test::make_pipe();
    test::make_nonblocking(pipe.first.get());
    const int flags = test::flags_of(pipe.first.get());
    std::thread producer([&] {
        for (const char* piece : {"sl", "ow\npro", "ducer\n"}) {
            std::this_thread::sleep_for(5ms);
            test::write_all(pipe.second.get(), piece);
        }
        pipe.second.reset();
    });
    EXPECT_EQ(lines_of(pipe.first.get()).texts, (Texts{"slow", "producer"}));
    producer.join();
    EXPECT_EQ(test::flags_of(pipe.first.get()), flags);
}

TEST(LineReader, KeepsTheFlagsOfABlockingDescriptor) {
    test::Ends sockets = test::make_sockets();
    const int flags = test::flags_of(sockets.first.get());
    sockets.second.reset();
    EXPECT_TRUE(lines_of(sockets.first.get()).texts.empty());
    EXPECT_EQ(test::flags_of(sockets.first.get()), flags);
}

TEST(LineReader, ReturnsALineAsSoonAsItHasArrived) {
    const test::Ends pipe = test::make_pipe();
    Loop loop;
    LineReader reader(loop, pipe.first.get(), 0);
    test::write_all(pipe.second.get(), "a\nb");
    EXPECT_EQ(run(loop, take(reader)), "a");
    test::write_all(pipe.second.get(), "c\n");
    EXPECT_EQ(run(loop, take(reader)), "bc");
}

TEST(LineReader, ReadsALineOfOneMegabyte) {
    const std::string line(1'000'000, 'x');
    const UniqueFd file = test::make_file("a\n" + line + "\nb\n");
    EXPECT_EQ(lines_of(file.get()).texts, (Texts{"a", line, "b"}));
}

TEST(LineReader, SkipsALineThatIsTooLongAndContinues) {
    const UniqueFd file = test::make_file("a\n" + std::string(1'000'000, 'x') + "\nb\n");
    const Lines all = lines_of(file.get(), 1000);
    EXPECT_EQ(all.texts, (Texts{"a", std::string(256, 'x'), "b"}));
    EXPECT_TRUE(all.lines[1].too_long);
    EXPECT_EQ(all.lines[2].number, 3U);
}

TEST(LineReader, CutsAtNul) {
    const UniqueFd file = test::make_file("a\nb\0c"s);
    EXPECT_EQ(lines_of(file.get(), 0, '\0').texts, (Texts{"a\nb", "c"}));
}

TEST(LineReader, ReadsManyBlocks) {
    std::string content;
    for (int i = 0; i < 200'000; ++i) {
        content += std::to_string(i) + '\n';
    }
    const Lines all = lines_of(test::make_file(content).get());
    ASSERT_EQ(all.lines.size(), 200'000U);
    for (std::size_t i = 0; i < all.lines.size(); ++i) {
        ASSERT_EQ(all.texts[i], std::to_string(i));
        ASSERT_EQ(all.lines[i].number, i + 1);
    }
}

Task<void> take_and_watch_offset(LineReader& reader, int file, off_t line_size) {
    constexpr off_t kBlock = 65536;
    off_t taken = 0;
    for (;;) {
        const Next next = co_await reader.next();
        if (!next.value()) {
            co_return;
        }
        taken += line_size;
        const off_t blocks_done = (taken - line_size) / kBlock;
        EXPECT_LE(::lseek(file, 0, SEEK_CUR), (blocks_done + 2) * kBlock);
        if (taken % (1024 * line_size) == 0) {
            co_await sleep_for(1ms);
        }
    }
}

TEST(LineReader, IsAtMostTwoBlocksAhead) {
    std::string content;
    for (int i = 0; i < 20'000; ++i) {
        content += std::string(63, 'x') + '\n';
    }
    const UniqueFd file = test::make_file(content);
    Loop loop;
    LineReader reader(loop, file.get(), 0);
    run(loop, take_and_watch_offset(reader, file.get(), 64));
}

TEST(LineReader, ReadsNothingBeforeTheFirstCall) {
    const UniqueFd file = test::make_file("a\n");
    {
        Loop loop;
        const LineReader reader(loop, file.get(), 0);
    }
    EXPECT_EQ(::lseek(file.get(), 0, SEEK_CUR), 0);
}

TEST(LineReader, ReportsWhyItCannotRead) {
    const Lines directory = lines_of(test::open_path("/", O_RDONLY).get());
    ASSERT_TRUE(directory.error);
    EXPECT_EQ(directory.error->error_class(), ErrorClass::BadInput);
    EXPECT_EQ(directory.error->code(), EISDIR);
    EXPECT_NE(directory.error->message().find("Is a directory"), std::string::npos);
    const Lines none = lines_of(-1);
    ASSERT_TRUE(none.error);
    EXPECT_EQ(none.error->code(), EBADF);
    const Lines closed = lines_of(1000);
    ASSERT_TRUE(closed.error);
    EXPECT_EQ(closed.error->code(), EBADF);
}

TEST(LineReader, ReturnsTheLinesBeforeAFailureButNotAnIncompleteOne) {
    if (!test::has_terminals()) {
        GTEST_SKIP() << "pseudo-terminals are not available";
    }
    test::Ends terminal = test::make_terminal();
    test::write_all(terminal.second.get(), "a\nb");
    terminal.second.reset();
    Loop loop;
    LineReader reader(loop, terminal.first.get(), 0);
    const Lines all = run(loop, take_all(reader));
    EXPECT_EQ(all.texts, (Texts{"a\r"}));
    ASSERT_TRUE(all.error);
    EXPECT_EQ(all.error->code(), EIO);
    EXPECT_TRUE(run(loop, take_all(reader)).error);
}

Task<void> store_next(LineReader& reader, std::string& text) {
    Next next = co_await reader.next();
    text = next.value()->text;
}

/// Cancels a waiting next() and continues to read.
Task<void> cancel_one(LineReader& reader, int writer) {
    const Context& context = co_await this_task::context();
    std::string text;
    TaskGroup group(context);
    group.start(store_next(reader, text));
    EXPECT_EQ(group.running(), 1U);
    group.request_stop();
    co_await group.join();
    EXPECT_EQ(text, "");
    test::write_all(writer, "a\n");
    co_await store_next(reader, text);
    EXPECT_EQ(text, "a");
}

TEST(LineReader, LosesNoLineIfAWaitIsCancelled) {
    const test::Ends pipe = test::make_pipe();
    Loop loop;
    LineReader reader(loop, pipe.first.get(), 0);
    run(loop, cancel_one(reader, pipe.second.get()));
}

TEST(LineReader, IsCancelledEvenIfLinesAreReady) {
    const UniqueFd file = test::make_file("a\nb\n");
    Loop loop;
    LineReader reader(loop, file.get(), 0);
    EXPECT_EQ(run(loop, take(reader)), "a");
    std::stop_source stop;
    stop.request_stop();
    EXPECT_THROW(run(loop, take(reader), stop.get_token()), Cancelled);
    EXPECT_EQ(run(loop, take(reader)), "b");
}

TEST(LineReader, EndsAtOnceWhileNothingArrives) {
    const test::Ends pipe = test::make_pipe();
    const TimePoint start = Clock::now();
    {
        Loop loop;
        LineReader reader(loop, pipe.first.get(), 0);
        test::write_all(pipe.second.get(), "a\n");
        EXPECT_EQ(run(loop, take(reader)), "a");
    }
    EXPECT_LT(Clock::now() - start, 1s);
}

TEST(LineReader, ClosesTheDescriptorThatItOwns) {
    UniqueFd file = test::make_file("a\n");
    const int fd = file.get();
    {
        Loop loop;
        LineReader reader(loop, std::move(file), 0);
        EXPECT_EQ(run(loop, take(reader)), "a");
        EXPECT_NE(test::flags_of(fd), -1);
    }
    EXPECT_EQ(test::flags_of(fd), -1);
}

TEST(LineReader, ServesTwoTasks) {
    const test::Ends pipe = test::make_pipe();
    Loop loop;
    LineReader reader(loop, pipe.first.get(), 0);
    std::string first;
    std::string second;
    const auto both = [&]() -> Task<void> {
        const Context& context = co_await this_task::context();
        TaskGroup group(context);
        group.start(store_next(reader, first));
        group.start(store_next(reader, second));
        test::write_all(pipe.second.get(), "a\nb\n");
        co_await group.join();
    };
    run(loop, both());
    EXPECT_EQ(first, "a");
    EXPECT_EQ(second, "b");
}

/// Runs \a body in a child process. Returns its exit status; -1 if a signal killed it.
template <class Body>
int in_child(Body body) {
    const pid_t child = ::fork();
    if (child == 0) {
        ::_exit(body());
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/// Does what a shell does with `runnel &` and then `fg`. Returns 0 if the job was stopped in
/// between and has then read its line.
int run_in_background_then_in_foreground(const char* terminal) {
    ::setsid();
    const UniqueFd fd(::open(terminal, O_RDWR | O_CLOEXEC));
    const pid_t job = ::fork();
    if (job == 0) {
        ::setpgid(0, 0);
        ::_exit(lines_of(fd.get()).texts == Texts{"a"} ? 0 : 1);
    }
    int status = 0;
    ::waitpid(job, &status, WUNTRACED);
    if (!WIFSTOPPED(status) || WSTOPSIG(status) != SIGTTIN) {
        ::kill(job, SIGKILL);
        return 2;
    }
    ::tcsetpgrp(fd.get(), job);
    ::kill(-job, SIGCONT);
    ::waitpid(job, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 3;
}

TEST(LineReader, IsStoppedInTheBackgroundAndContinuesInTheForeground) {
    if (!test::has_terminals()) {
        GTEST_SKIP() << "pseudo-terminals are not available";
    }
    const test::Ends terminal = test::make_terminal();
    test::write_all(terminal.first.get(), "a\n\x04");
    std::array<char, 64> name = {};
    ASSERT_EQ(::ptsname_r(terminal.first.get(), name.data(), name.size()), 0);
    EXPECT_EQ(in_child([&] { return run_in_background_then_in_foreground(name.data()); }), 0);
}

}  // namespace
}  // namespace runnel
