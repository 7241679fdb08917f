#include "io/atomic_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "support/descriptors.hpp"
#include "support/temporary_folder.hpp"

namespace runnel {
namespace {

using Temporary = AtomicFile::Temporary;
using Existing = AtomicFile::Existing;
using Access = AtomicFile::Access;
using Strings = std::vector<std::string>;

/// Both kinds behave the same, except for what is visible before publish().
class AtomicFileTest : public testing::TestWithParam<Temporary> {
protected:
    Result<AtomicFile> create(const std::string& name, Access access = Access::Usual) {
        UniqueFd opened = test::open_path(folder.path().c_str(), O_RDONLY | O_DIRECTORY);
        return AtomicFile::create(std::move(opened), name, access, GetParam());
    }
    /// Creates a file with \a content and publishes it as \a name.
    Result<bool> publish(const std::string& name, std::string_view content,
                         Existing existing = Existing::Replace) {
        Result<AtomicFile> file = create(name);
        EXPECT_TRUE(file);
        EXPECT_TRUE(file->write(content));
        return file->publish(existing);
    }

    test::TemporaryFolder folder;
};

TEST_P(AtomicFileTest, AppearsWhenItIsComplete) {
    Result<AtomicFile> file = create("a");
    ASSERT_TRUE(file);
    ASSERT_TRUE(file->write("one "));
    ASSERT_TRUE(file->write("two"));
    EXPECT_EQ(::access(folder.path("a").c_str(), F_OK), -1);
    ASSERT_TRUE(*file->publish(Existing::Replace));
    EXPECT_EQ(folder.get("a"), "one two");
    EXPECT_EQ(folder.list(), Strings{"a"});
}

TEST_P(AtomicFileTest, DisappearsUnlessItIsPublished) {
    {
        Result<AtomicFile> file = create("a");
        ASSERT_TRUE(file);
        ASSERT_TRUE(file->write("half"));
        const AtomicFile moved = std::move(*file);
        EXPECT_EQ(folder.list().size(), GetParam() == Temporary::Named ? 1U : 0U);
    }
    EXPECT_EQ(folder.list(), Strings());
}

TEST_P(AtomicFileTest, ReplacesAFileInOneStep) {
    folder.put("a", "old");
    const UniqueFd old = test::open_path(folder.path("a").c_str(), O_RDONLY);
    EXPECT_TRUE(*publish("a", "new"));
    EXPECT_EQ(folder.get("a"), "new");
    EXPECT_EQ(test::read_all(old.get()), "old") << "an open descriptor still reads the old file";
}

TEST_P(AtomicFileTest, ReplacesALinkAndNotItsTarget) {
    folder.put("target", "old");
    ASSERT_EQ(::symlink("target", folder.path("a").c_str()), 0);
    EXPECT_TRUE(*publish("a", "new"));
    EXPECT_EQ(folder.get("target"), "old");
    EXPECT_EQ(folder.get("a"), "new");
}

TEST_P(AtomicFileTest, KeepsAnExistingFileIfRequested) {
    folder.put("a", "old");
    ASSERT_EQ(::symlink("nowhere", folder.path("link").c_str()), 0);
    EXPECT_FALSE(*publish("a", "new", Existing::Keep));
    EXPECT_FALSE(*publish("link", "new", Existing::Keep));
    EXPECT_TRUE(*publish("b", "new", Existing::Keep));
    EXPECT_EQ(folder.get("a"), "old");
    EXPECT_EQ(folder.list(), (Strings{"a", "b", "link"}));
}

TEST_P(AtomicFileTest, ReplacesNeitherFoldersNorPipes) {
    ASSERT_EQ(::mkdir(folder.path("folder").c_str(), 0777), 0);
    ASSERT_EQ(::mkfifo(folder.path("pipe").c_str(), 0666), 0);
    for (const Existing existing : {Existing::Replace, Existing::Keep}) {
        EXPECT_EQ(publish("folder", "new", existing).error().code(), EISDIR);
        EXPECT_EQ(publish("pipe", "new", existing).error().code(), EEXIST);
    }
    EXPECT_EQ(folder.list(), (Strings{"folder/", "pipe"}));
}

TEST_P(AtomicFileTest, HasThePermissionsOfTheUmask) {
    const mode_t before = ::umask(027);
    EXPECT_TRUE(*publish("a", "x"));
    ::umask(before);
    struct stat found {};
    ASSERT_EQ(::stat(folder.path("a").c_str(), &found), 0);
    EXPECT_EQ(found.st_mode & 0777U, 0640U);
}

TEST_P(AtomicFileTest, CanBeForItsOwnerOnly) {
    const mode_t before = ::umask(0);
    Result<AtomicFile> file = create("a", Access::Owner);
    ::umask(before);
    ASSERT_TRUE(file);
    EXPECT_TRUE(*file->publish(Existing::Replace));
    struct stat found {};
    ASSERT_EQ(::stat(folder.path("a").c_str(), &found), 0);
    EXPECT_EQ(found.st_mode & 0777U, 0600U);
}

TEST_P(AtomicFileTest, TakesOverPermissions) {
    for (const mode_t rights : {0600U, 0664U, 0755U}) {
        folder.put("a", "old");
        ASSERT_EQ(::chmod(folder.path("a").c_str(), rights), 0);
        ASSERT_TRUE(*publish("a", "new"));
        struct stat found {};
        ASSERT_EQ(::stat(folder.path("a").c_str(), &found), 0);
        EXPECT_EQ(found.st_mode & 07777U, rights);
        EXPECT_EQ(folder.get("a"), "new");
    }
}

TEST_P(AtomicFileTest, TakesTheLongestName) {
    EXPECT_TRUE(*publish(std::string(255, 'a'), "x"));
    EXPECT_EQ(publish(std::string(256, 'a'), "x").error().code(), ENAMETOOLONG);
    EXPECT_EQ(folder.list().size(), 1U);
}

TEST_P(AtomicFileTest, ReportsWhyItCannotBeCreated) {
    UniqueFd opened = test::open_path("/proc", O_RDONLY | O_DIRECTORY);
    const Result<AtomicFile> file =
        AtomicFile::create(std::move(opened), "a", Access::Usual, GetParam());
    ASSERT_FALSE(file);
    EXPECT_EQ(file.error().error_class(), ErrorClass::Sink);
    EXPECT_NE(file.error().code(), 0);
}

INSTANTIATE_TEST_SUITE_P(Either, AtomicFileTest,
                         testing::Values(Temporary::Unnamed, Temporary::Named),
                         [](const testing::TestParamInfo<Temporary>& kind) {
                             return kind.param == Temporary::Unnamed ? "Unnamed" : "Named";
                         });

}  // namespace
}  // namespace runnel
