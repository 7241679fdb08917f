#include "io/directory.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "support/temporary_folder.hpp"

namespace runnel {
namespace {

using Existing = AtomicFile::Existing;
using Strings = std::vector<std::string>;

class DirectoryTest : public testing::Test {
protected:
    /// Writes \a content to \a path below the folder `in`.
    Result<bool> write(std::string_view path, std::string_view content) {
        Result<AtomicFile> file = inside.create(path);
        if (!file) {
            return std::move(file).error();
        }
        EXPECT_TRUE(file->write(content));
        return file->publish(Existing::Replace);
    }
    /// Creates a symbolic link at \a path below the folder `in`.
    void link(const std::string& target, const std::string& path) {
        ASSERT_EQ(::symlink(target.c_str(), folder.path("in/" + path).c_str()), 0);
    }

    test::TemporaryFolder folder;
    Directory inside = *Directory::make(folder.path("in"));
};

TEST_F(DirectoryTest, CreatesMissingFoldersForAFile) {
    EXPECT_TRUE(*write("a/b/c", "x"));
    EXPECT_TRUE(*write("a/b/d", "y"));
    EXPECT_TRUE(*write("e", "z"));
    EXPECT_EQ(folder.list(), (Strings{"in/", "in/a/", "in/a/b/", "in/a/b/c", "in/a/b/d", "in/e"}));
    EXPECT_EQ(folder.get("in/a/b/c"), "x");
}

TEST_F(DirectoryTest, IsCreatedWithMissingFoldersAboveIt) {
    ASSERT_TRUE(Directory::make(folder.path("x//y/z/")));
    EXPECT_EQ(folder.list(), (Strings{"in/", "x/", "x/y/", "x/y/z/"}));
    ASSERT_TRUE(Directory::make(folder.path("x/y/../y")));
}

TEST_F(DirectoryTest, IsOpenedOnlyIfItExists) {
    EXPECT_TRUE(Directory::open(folder.path("in")));
    EXPECT_TRUE(Directory::open(""));
    EXPECT_EQ(Directory::open(folder.path("missing")).error().code(), ENOENT);
    folder.put("file", "");
    EXPECT_EQ(Directory::open(folder.path("file")).error().code(), ENOTDIR);
    EXPECT_EQ(Directory::make(folder.path("file/x")).error().code(), ENOTDIR);
}

TEST_F(DirectoryTest, FollowsTheLinksOfItsOwnPath) {
    link("in", "../link");
    const Result<Directory> linked = Directory::make(folder.path("link"));
    ASSERT_TRUE(linked);
    EXPECT_FALSE(*linked->has("a"));
    EXPECT_TRUE(*write("a", ""));
    EXPECT_TRUE(*linked->has("a"));
}

TEST_F(DirectoryTest, FollowsNoLinkInIt) {
    folder.put("out/kept", "kept");
    link("../out", "a");
    link(".", "self");
    EXPECT_EQ(write("a/new", "x").error().code(), ENOTDIR);
    EXPECT_EQ(write("a/b/new", "x").error().code(), ENOTDIR);
    EXPECT_EQ(write("self/new", "x").error().code(), ENOTDIR);
    EXPECT_EQ(inside.has("a/kept").error().code(), ENOTDIR);
    link("../out/kept", "file");
    EXPECT_TRUE(*write("file", "new"));
    EXPECT_EQ(folder.get("out/kept"), "kept");
    EXPECT_EQ(folder.list(), (Strings{"in/", "in/a", "in/file", "in/self", "out/", "out/kept"}));
}

TEST_F(DirectoryTest, FailsIfAFolderIsAFile) {
    EXPECT_TRUE(*write("a", "x"));
    EXPECT_EQ(write("a/b", "y").error().code(), ENOTDIR);
    EXPECT_EQ(folder.get("in/a"), "x");
}

TEST_F(DirectoryTest, KnowsWhatExistsAndCreatesNothing) {
    folder.put("in/a/b", "");
    link("nowhere", "dangling");
    EXPECT_TRUE(*inside.has("a/b"));
    EXPECT_TRUE(*inside.has("dangling"));
    EXPECT_FALSE(*inside.has("a/c"));
    EXPECT_FALSE(*inside.has("x/y/z"));
    EXPECT_EQ(inside.has("a").error().code(), EISDIR);
    EXPECT_EQ(folder.list(), (Strings{"in/", "in/a/", "in/a/b", "in/dangling"}));
}

TEST_F(DirectoryTest, CanBeUsedByManyThreads) {
    constexpr int kFiles = 100;
    std::vector<std::thread> threads;
    for (int thread = 0; thread < 4; ++thread) {
        threads.emplace_back([this, thread] {
            for (int i = 0; i < kFiles; ++i) {
                const std::string path = "d" + std::to_string(i) + "/" + std::to_string(thread);
                Result<AtomicFile> file = inside.create(path);
                ASSERT_TRUE(file) << file.error().message();
            }
        });
    }
    for (std::thread& thread : threads) {
        thread.join();
    }
    EXPECT_EQ(folder.list().size(), 1U + kFiles);
}

}  // namespace
}  // namespace runnel
