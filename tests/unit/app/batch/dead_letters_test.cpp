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
    Log log(Log::Level::Quiet);
    const test::NamedFile file("what was there\n");
    DeadLetters letters;
    ASSERT_TRUE(letters.open(file.path(), log));
    Batch batch('\n');
    batch.add("one \"1\"");
    batch.add("");
    batch.attempts = 3;
    ASSERT_TRUE(letters.add(batch, "exited with 1"));
    ASSERT_TRUE(letters.add(DeadLetter{"three", "too long", 0, true}));
    EXPECT_EQ(content(file.path()),
              "what was there\n"
              R"({"line":"one \"1\"","reason":"exited with 1","attempts":3})"
              "\n"
              R"({"line":"","reason":"exited with 1","attempts":3})"
              "\n"
              R"({"line":"three","reason":"too long","attempts":0,"cut":true})"
              "\n");
}

TEST(DeadLetters, WritesBytesThatAreNotUtf8InBase64) {
    Log log(Log::Level::Quiet);
    const test::NamedFile file("");
    DeadLetters letters;
    ASSERT_TRUE(letters.open(file.path(), log));
    ASSERT_TRUE(letters.add(DeadLetter{"\xff\x01", "no", 1}));
    EXPECT_EQ(content(file.path()), "{\"line_b64\":\"/wE=\",\"reason\":\"no\",\"attempts\":1}\n");
}

TEST(DeadLetters, AreDroppedWithoutAFile) {
    Log log(Log::Level::Quiet);
    DeadLetters letters;
    ASSERT_TRUE(letters.open("", log));
    EXPECT_FALSE(letters.wanted());
    EXPECT_TRUE(letters.add(DeadLetter{"line", "no", 1}));
}

TEST(DeadLetters, RemoveAnIncompleteLineWithAWarning) {
    const test::NamedFile file("whole\n{\"line\":\"a\",\"reason\":\"exi");
    testing::internal::CaptureStderr();
    {
        Log log(Log::Level::Normal);
        DeadLetters letters;
        ASSERT_TRUE(letters.open(file.path(), log));
        EXPECT_EQ(content(file.path()), "whole\n");
        ASSERT_TRUE(letters.add(DeadLetter{"b", "no", 1}));
    }
    EXPECT_EQ(testing::internal::GetCapturedStderr(),
              "runnel: --dead-letter: removed 25 bytes of an incomplete line from the end of " +
                  file.path() + "\n");
    EXPECT_EQ(content(file.path()), "whole\n{\"line\":\"b\",\"reason\":\"no\",\"attempts\":1}\n");
}

TEST(DeadLetters, NameTheFileThatCannotBeOpenedOrWritten) {
    Log log(Log::Level::Quiet);
    DeadLetters letters;
    const Result<void> opened = letters.open("/nowhere/at/all", log);
    ASSERT_FALSE(opened.ok());
    EXPECT_NE(opened.error().message().find("/nowhere/at/all"), std::string::npos);
    DeadLetters full;
    ASSERT_TRUE(full.open("/dev/full", log));
    const Result<void> written = full.add(DeadLetter{"line", "no", 1});
    ASSERT_FALSE(written.ok());
    EXPECT_EQ(written.error().error_class(), ErrorClass::Sink);
    EXPECT_NE(written.error().message().find("No space left"), std::string::npos);
}

}  // namespace
}  // namespace runnel
