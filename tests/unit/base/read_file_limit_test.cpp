#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <string>
#include <thread>

#include "base/read_file.hpp"
#include "base/unique_fd.hpp"

namespace runnel {
namespace {

using namespace std::chrono_literals;

/// A pipe that read_file() can open by a name.
class Pipe {
public:
    Pipe() {
        std::array<int, 2> ends{};
        EXPECT_EQ(::pipe2(ends.data(), O_CLOEXEC), 0);
        reading = UniqueFd(ends[0]);
        writing = UniqueFd(ends[1]);
    }
    [[nodiscard]] std::string name() const {
        return "/proc/self/fd/" + std::to_string(reading.get());
    }

    UniqueFd reading;
    UniqueFd writing;
};

TEST(ReadLimit, EndsAReadAtTheDeadline) {
    const Pipe pipe;
    ReadLimit limit(Deadline::after(Clock::now(), 1ms));
    const Result<std::string> text = read_file(pipe.name());
    ASSERT_FALSE(text);
    EXPECT_EQ(text.error().error_class(), ErrorClass::Deadline);
    EXPECT_EQ(text.error().message(),
              "cannot read " + pipe.name() + " in time: the deadline passed");
    EXPECT_TRUE(limit.deadline_passed());
}

TEST(ReadLimit, EndsAReadWhenTheOtherDescriptorIsReadable) {
    const Pipe pipe;
    const Pipe wake;
    ASSERT_EQ(::write(wake.writing.get(), "x", 1), 1);
    ReadLimit limit(Deadline::never(), wake.reading.get());
    const Result<std::string> text = read_file(pipe.name());
    ASSERT_FALSE(text);
    EXPECT_EQ(text.error().error_class(), ErrorClass::Interrupted);
    EXPECT_FALSE(limit.deadline_passed());
}

TEST(ReadLimit, ReadsToTheEndInTime) {
    Pipe pipe;
    ASSERT_EQ(::write(pipe.writing.get(), "one", 3), 3);
    pipe.writing = UniqueFd();
    ReadLimit limit(Deadline::after(Clock::now(), 1h));
    EXPECT_EQ(*read_file(pipe.name()), "one");
}

TEST(ReadLimit, LeavesRegularFilesAlone) {
    ReadLimit limit(Deadline::within(Clock::now(), 0s));
    EXPECT_TRUE(read_file("/etc/passwd"));
}

TEST(ReadLimit, IsThatOfTheInnermostObject) {
    ReadLimit outer(Deadline::never());
    {
        ReadLimit inner(Deadline::never());
        EXPECT_EQ(ReadLimit::current(), &inner);
    }
    EXPECT_EQ(ReadLimit::current(), &outer);
    ReadLimit* other = &outer;
    std::thread([&other] { other = ReadLimit::current(); }).join();
    EXPECT_EQ(other, nullptr);
}

}  // namespace
}  // namespace runnel
