#include "io/spool.hpp"

#include <stdlib.h>

#include <filesystem>
#include <string>

#include <gtest/gtest.h>

namespace runnel {
namespace {

std::string all_of(Spool& spool) {
    std::string all;
    for (;;) {
        const Result<std::string> piece = spool.take();
        EXPECT_TRUE(piece.ok());
        if (!piece.ok() || piece->empty()) {
            return all;
        }
        all += *piece;
    }
}

/// Sets TMPDIR while it lives.
class TemporaryFolder {
public:
    explicit TemporaryFolder(const std::string& path) {
        if (const char* was = ::getenv("TMPDIR")) {
            before_ = was;
        }
        ::setenv("TMPDIR", path.c_str(), 1);
    }
    TemporaryFolder(const TemporaryFolder&) = delete;
    TemporaryFolder& operator=(const TemporaryFolder&) = delete;
    ~TemporaryFolder() {
        if (before_.empty()) {
            ::unsetenv("TMPDIR");
        } else {
            ::setenv("TMPDIR", before_.c_str(), 1);
        }
    }

private:
    std::string before_;
};

TEST(Spool, ReturnsBytesFromMemory) {
    Spool spool(10);
    ASSERT_TRUE(spool.append("hello"));
    ASSERT_TRUE(spool.append(std::string_view("\0\n", 2)));
    EXPECT_EQ(spool.size(), 7U);
    EXPECT_FALSE(spool.spilled());
    EXPECT_EQ(all_of(spool), std::string("hello\0\n", 7));
    EXPECT_EQ(spool.size(), 0U);
}

TEST(Spool, UsesAFileBeyondItsLimit) {
    Spool spool(10);
    ASSERT_TRUE(spool.append("0123456789"));
    EXPECT_FALSE(spool.spilled());
    ASSERT_TRUE(spool.append("a"));
    EXPECT_TRUE(spool.spilled());
    ASSERT_TRUE(spool.append("bc"));
    EXPECT_EQ(spool.size(), 13U);
    EXPECT_EQ(all_of(spool), "0123456789abc");
}

TEST(Spool, ReturnsALargeFileInPieces) {
    std::string text;
    for (int i = 0; i < 200'000; ++i) {
        text += std::to_string(i) + "\n";
    }
    Spool spool(100);
    ASSERT_TRUE(spool.append(text));
    Result<std::string> piece = spool.take();
    EXPECT_EQ(piece->size(), std::size_t{256} << 10);
    EXPECT_EQ(*piece + all_of(spool), text);
}

TEST(Spool, IsEmptyAtFirst) {
    Spool spool;
    EXPECT_EQ(all_of(spool), "");
}

TEST(Spool, LeavesNoNameInTheTemporaryFolder) {
    const std::string folder = ::testing::TempDir() + "runnel_spool_test";
    std::filesystem::create_directory(folder);
    {
        const TemporaryFolder here(folder);
        Spool spool(1);
        ASSERT_TRUE(spool.append("some bytes"));
        ASSERT_TRUE(spool.spilled());
        EXPECT_TRUE(std::filesystem::is_empty(folder));
    }
    std::filesystem::remove(folder);
}

TEST(Spool, ReportsWhereItCannotCreateAFile) {
    const TemporaryFolder nowhere("/nowhere/at/all");
    Spool spool(1);
    const Result<void> failed = spool.append("some bytes");
    ASSERT_FALSE(failed.ok());
    EXPECT_EQ(failed.error().error_class(), ErrorClass::Sink);
    EXPECT_NE(failed.error().message().find("/nowhere/at/all"), std::string::npos);
}

}  // namespace
}  // namespace runnel
