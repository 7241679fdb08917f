#include "io/named_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <string>

#include <gtest/gtest.h>

#include "support/descriptors.hpp"
#include "support/temporary_folder.hpp"

namespace runnel {
namespace {

using Kind = NamedFile::Kind;

class NamedFileTest : public testing::Test {
protected:
    std::string link(const std::string& name, const std::string& target) {
        EXPECT_EQ(::symlink(target.c_str(), folder.path(name).c_str()), 0);
        return folder.path(name);
    }
    static NamedFile find(const std::string& name) { return *NamedFile::find(name); }

    test::TemporaryFolder folder;
};

TEST_F(NamedFileTest, KnowsDescriptorsThroughLinks) {
    EXPECT_EQ(descriptor_named("/dev/stdin"), 0);
    EXPECT_EQ(descriptor_named("/dev/stdout"), 1);
    EXPECT_EQ(descriptor_named("/dev/stderr"), 2);
    EXPECT_EQ(descriptor_named("/dev/fd/17"), 17);
    EXPECT_EQ(descriptor_named("/proc/self/fd/17"), 17);
    EXPECT_EQ(descriptor_named("/dev/./fd/17"), 17);
    EXPECT_EQ(descriptor_named(link("a", "/dev/stdout")), 1);
    EXPECT_EQ(descriptor_named(link("b", "a")), 1);
    link("c", "/dev");
    EXPECT_EQ(descriptor_named(folder.path("c/stdout")), 1);
    EXPECT_EQ(descriptor_named(folder.path("stdout")), -1);
    EXPECT_EQ(descriptor_named("/dev/null"), -1);
    EXPECT_EQ(descriptor_named("1"), -1);
}

TEST_F(NamedFileTest, FollowsLinksToFilesThatAreMissing) {
    folder.put("real/file", "x");
    EXPECT_EQ(find(link("a", "real/file")).path(), folder.path("real/file"));
    EXPECT_EQ(find(link("b", "real/new")).path(), folder.path("real/new"));
    EXPECT_EQ(find(link("c", "b")).path(), folder.path("real/new"));
    EXPECT_FALSE(*find(folder.path("c")).exists());
    link("d", "e");
    link("e", "d");
    const Result<NamedFile> circle = NamedFile::find(folder.path("d"));
    ASSERT_FALSE(circle);
    EXPECT_EQ(circle.error().code(), ELOOP);
}

TEST_F(NamedFileTest, TellsStreamsFromFiles) {
    EXPECT_EQ(find("/dev/null").kind(), Kind::Stream);
    EXPECT_EQ(find(folder.path("new")).kind(), Kind::File);
    EXPECT_EQ(find(folder.path()).kind(), Kind::File);
    ASSERT_EQ(::mkfifo(folder.path("pipe").c_str(), 0600), 0);
    EXPECT_EQ(find(link("a", "pipe")).kind(), Kind::Stream);
    EXPECT_EQ(find("/dev/fd/3").kind(), Kind::Descriptor);
}

TEST_F(NamedFileTest, ComparesFilesByDeviceAndInode) {
    folder.put("file", "x");
    ASSERT_EQ(::link(folder.path("file").c_str(), folder.path("hard").c_str()), 0);
    EXPECT_TRUE(find(folder.path("file")).same_file_as(find(folder.path("hard"))));
    EXPECT_TRUE(find(folder.path("new")).same_file_as(find(folder.path("./new"))));
    EXPECT_FALSE(find(folder.path("new")).same_file_as(find(folder.path("file"))));
    EXPECT_FALSE(find("/dev/null").same_file_as(find("/dev/null")));
    const UniqueFd open = test::open_path(folder.path("file").c_str(), O_RDONLY);
    EXPECT_TRUE(NamedFile::of_descriptor(open.get()).same_file_as(find(folder.path("file"))));
}

TEST_F(NamedFileTest, WritesADescriptorAtItsPosition) {
    folder.put("file", "12345");
    const UniqueFd open = test::open_path(folder.path("file").c_str(), O_WRONLY);
    ASSERT_EQ(::lseek(open.get(), 2, SEEK_SET), 2);
    const Result<UniqueFd> again = NamedFile::of_descriptor(open.get()).open_to_write();
    ASSERT_TRUE(again);
    ASSERT_EQ(::write(again->get(), "x", 1), 1);
    ASSERT_EQ(::write(open.get(), "y", 1), 1);
    EXPECT_EQ(folder.get("file"), "12xy5");
}

}  // namespace
}  // namespace runnel
