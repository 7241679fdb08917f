#include "json/structural_index.hpp"

#include <sys/mman.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include "support/guarded_pages.hpp"

namespace runnel {
namespace {

using test::GuardedPages;

using Offsets = std::vector<std::size_t>;

Offsets offsets_of(const StructuralIndex& index) {
    Offsets offsets;
    for (const std::uint32_t* token = index.tokens(); *token < index.text().size(); ++token) {
        offsets.push_back(*token);
    }
    return offsets;
}

Offsets offsets(std::string_view text) {
    StructuralIndex index;
    EXPECT_FALSE(index.build(text)) << text;
    EXPECT_EQ(index.text(), text);
    return offsets_of(index);
}

JsonProblem problem_of(std::string_view text) {
    StructuralIndex index;
    const std::optional<JsonProblem> problem = index.build(text);
    EXPECT_TRUE(problem) << text;
    return problem.value_or(JsonProblem());
}

TEST(StructuralIndex, FindsWhereTokensBegin) {
    EXPECT_EQ(offsets(R"({"a" : [1,true]} )"), Offsets({0, 1, 5, 7, 8, 9, 10, 14, 15}));
    EXPECT_EQ(offsets("\n\"{,:}\" x"), Offsets({1, 8}));
    EXPECT_EQ(offsets(R"("a\"b\\" "c")"), Offsets({0, 9}));
}

TEST(StructuralIndex, SeparatesAStringFromAdjacentTokens) {
    EXPECT_EQ(offsets(R"("a"b)"), Offsets({0, 3}));
    EXPECT_EQ(offsets(R"("a""b")"), Offsets({0, 3}));
}

TEST(StructuralIndex, FindsNothingInBlankText) {
    EXPECT_EQ(offsets(""), Offsets());
    EXPECT_EQ(offsets(" \t\r\n"), Offsets());
    EXPECT_EQ(offsets(std::string(1000, ' ')), Offsets());
}

TEST(StructuralIndex, CanBeBuiltAgain) {
    StructuralIndex index;
    for (const std::size_t size : {3U, 100000U, 5U, 0U, 3000000U, 64U}) {
        const std::string text = size == 0 ? "" : "[" + std::string(size - 1, ' ') + "]";
        ASSERT_FALSE(index.build(text));
        EXPECT_EQ(offsets_of(index), size == 0 ? Offsets() : Offsets({0, size}));
        index.release();
    }
}

TEST(StructuralIndex, ReleasesTheMemoryOfLargeTexts) {
    StructuralIndex index;
    ASSERT_FALSE(index.build("[1]"));
    index.release();
    EXPECT_NE(index.tokens(), nullptr);
    ASSERT_FALSE(index.build(std::string(3'000'000, ' ')));
    index.release();
    EXPECT_EQ(index.tokens(), nullptr);
}

TEST(StructuralIndex, CopiesOnlyWithoutReadableBytesAfterTheText) {
    const std::string text = "[1]" + std::string(64, 'x');
    const std::string_view input = std::string_view(text).substr(0, 3);
    StructuralIndex index;
    ASSERT_FALSE(index.build(input, 64));
    EXPECT_EQ(index.text().data(), input.data());
    EXPECT_EQ(offsets_of(index), Offsets({0, 1, 2}));
    ASSERT_FALSE(index.build(input, 63));
    EXPECT_NE(index.text().data(), input.data());
    EXPECT_EQ(index.text(), input);
    EXPECT_EQ(offsets_of(index), Offsets({0, 1, 2}));
}

TEST(StructuralIndex, ReportsWhereAStringIsNotUtf8) {
    EXPECT_EQ(problem_of("\"a\xC3\xBC\xFF\"").offset, 4U);
    EXPECT_EQ(problem_of("\"a\xC3\xBC\xFF\"").reason, "the text is not UTF-8");
    EXPECT_EQ(problem_of('"' + std::string(100, ' ') + "\xC0\xAF\"").offset, 101U);
}

TEST(StructuralIndex, ReportsWhereAStringContainsAControlCharacter) {
    for (char byte = 0; byte < 0x20; ++byte) {
        for (const std::size_t before : {0U, 1U, 61U, 200U}) {
            const std::string text =
                "[\"" + std::string(before, 'a') + byte + "\", \"\\" + byte + "\"]";
            EXPECT_EQ(problem_of(text).reason, "control character in a string");
            EXPECT_EQ(problem_of(text).offset, before + 2);
        }
    }
}

TEST(StructuralIndex, ReportsWhichStringIsNotClosed) {
    EXPECT_EQ(problem_of(R"({"a":"b})").reason, "a string has no closing quote");
    EXPECT_EQ(problem_of(R"({"a":"b})").offset, 5U);
    EXPECT_EQ(problem_of("\"").offset, 0U);
    EXPECT_EQ(problem_of(R"("a" "b\\\")").offset, 4U);
    EXPECT_EQ(problem_of('"' + std::string(200, 'a')).offset, 0U);
}

TEST(StructuralIndex, ReadsNothingAfterTheText) {
    GuardedPages pages(300);
    StructuralIndex index;
    for (std::size_t size = 2; size < 300; ++size) {
        const std::string_view text = pages.put("[" + std::string(size - 2, ' ') + "]");
        ASSERT_FALSE(index.build(text));
        EXPECT_EQ(offsets_of(index), Offsets({0, size - 1}));
    }
}

TEST(StructuralIndex, RefusesMoreThanFourGibibytes) {
    const std::size_t size = std::size_t{1} << 32;
    void* const pages =
        ::mmap(nullptr, size, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    ASSERT_NE(pages, MAP_FAILED);
    EXPECT_EQ(problem_of(std::string_view(static_cast<char*>(pages), size)).reason,
              "the text is longer than 4 GiB");
    ::munmap(pages, size);
}

}  // namespace
}  // namespace runnel
