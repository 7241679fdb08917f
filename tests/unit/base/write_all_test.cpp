#include "base/write_all.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <string>
#include <thread>

#include <gtest/gtest.h>

#include "base/unique_fd.hpp"

namespace runnel {
namespace {

TEST(WriteAll, WritesMoreThanFitsAtOnce) {
    std::array<int, 2> ends = {};
    ASSERT_EQ(::pipe2(ends.data(), O_CLOEXEC), 0);
    const UniqueFd from(ends[0]);
    UniqueFd to(ends[1]);
    const std::string text(1'000'000, 'x');
    std::string arrived;
    std::thread reader([&] {
        std::array<char, 4096> block = {};
        for (ssize_t size = 1; size > 0;) {
            size = ::read(from.get(), block.data(), block.size());
            arrived.append(block.data(), static_cast<std::size_t>(size));
        }
    });
    EXPECT_EQ(write_all(to.get(), text), 0);
    to = UniqueFd();
    reader.join();
    EXPECT_EQ(arrived, text);
}

TEST(WriteAll, ReturnsTheErrno) {
    const UniqueFd full(::open("/dev/full", O_WRONLY | O_CLOEXEC));
    EXPECT_EQ(write_all(full.get(), "x"), ENOSPC);
    EXPECT_EQ(write_all(-1, "x"), EBADF);
    EXPECT_EQ(write_all(-1, ""), 0);
}

}  // namespace
}  // namespace runnel
