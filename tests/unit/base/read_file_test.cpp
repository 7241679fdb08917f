#include "base/read_file.hpp"

#include <cerrno>
#include <cstdio>
#include <fstream>
#include <string>

#include <gtest/gtest.h>

namespace runnel {
namespace {

TEST(ReadFile, ReturnsAllBytes) {
    const std::string path = testing::TempDir() + "read_file_test";
    const std::string bytes = std::string("a\0b\n", 4) + std::string(200'000, 'x');
    std::ofstream(path, std::ios::binary) << bytes;
    const Result<std::string> read = read_file(path);
    std::remove(path.c_str());
    ASSERT_TRUE(read.ok());
    EXPECT_EQ(*read, bytes);
}

TEST(ReadFile, ReportsWhyAFileCannotBeRead) {
    const Result<std::string> missing = read_file("/nowhere/at/all");
    ASSERT_FALSE(missing.ok());
    EXPECT_EQ(missing.error().message(), "cannot read /nowhere/at/all: No such file or directory");
    EXPECT_EQ(missing.error().code(), ENOENT);
    const Result<std::string> directory = read_file("/");
    ASSERT_FALSE(directory.ok());
    EXPECT_EQ(directory.error().message(), "cannot read /: Is a directory");
    EXPECT_EQ(directory.error().code(), EISDIR);
}

}  // namespace
}  // namespace runnel
