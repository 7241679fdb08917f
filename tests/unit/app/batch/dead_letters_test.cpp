#include "app/batch/dead_letters.hpp"

#include <fstream>
#include <iterator>
#include <string>

#include <gtest/gtest.h>

#include "support/named_file.hpp"

namespace runnel {
namespace {

std::string content(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    return std::string(std::istreambuf_iterator<char>(file), {});
}

TEST(DeadLetters, AppendAnObjectPerLine) {
    const test::NamedFile file("what was there\n");
    DeadLetters letters;
    ASSERT_TRUE(letters.open(file.path()));
    Batch batch('\n');
    batch.add("one \"1\"");
    batch.add("");
    batch.attempts = 3;
    ASSERT_TRUE(letters.add(batch, "exited with 1"));
    ASSERT_TRUE(letters.add("three", "too long", 0));
    EXPECT_EQ(content(file.path()),
              "what was there\n"
              R"({"line":"one \"1\"","reason":"exited with 1","attempts":3})"
              "\n"
              R"({"line":"","reason":"exited with 1","attempts":3})"
              "\n"
              R"({"line":"three","reason":"too long","attempts":0})"
              "\n");
}

TEST(DeadLetters, WritesBytesThatAreNotUtf8InBase64) {
    const test::NamedFile file("");
    DeadLetters letters;
    ASSERT_TRUE(letters.open(file.path()));
    ASSERT_TRUE(letters.add("\xff\x01", "no", 1));
    EXPECT_EQ(content(file.path()), "{\"line_b64\":\"/wE=\",\"reason\":\"no\",\"attempts\":1}\n");
}

TEST(DeadLetters, AreDroppedWithoutAFile) {
    DeadLetters letters;
    ASSERT_TRUE(letters.open(""));
    EXPECT_FALSE(letters.wanted());
    EXPECT_TRUE(letters.add("line", "no", 1));
}

TEST(DeadLetters, NameTheFileThatCannotBeOpenedOrWritten) {
    DeadLetters letters;
    const Result<void> opened = letters.open("/nowhere/at/all");
    ASSERT_FALSE(opened.ok());
    EXPECT_NE(opened.error().message().find("/nowhere/at/all"), std::string::npos);
    DeadLetters full;
    ASSERT_TRUE(full.open("/dev/full"));
    const Result<void> written = full.add("line", "no", 1);
    ASSERT_FALSE(written.ok());
    EXPECT_EQ(written.error().error_class(), ErrorClass::Sink);
    EXPECT_NE(written.error().message().find("No space left"), std::string::npos);
}

}  // namespace
}  // namespace runnel
