#include "pipeline/extraction.hpp"

#include <algorithm>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

namespace runnel {
namespace {

std::vector<JsonPointer> pointers(std::initializer_list<std::string_view> texts) {
    std::vector<JsonPointer> all;
    for (const std::string_view text : texts) {
        all.push_back(*JsonPointer::parse(text));
    }
    return all;
}

class Outcome {
public:
    std::string out;
    Result<void> result;
};

/// Passes \a body through \a filter in chunks of \a size bytes.
Outcome filtered(BodyFilter& filter, std::string_view body, std::size_t size) {
    Outcome outcome;
    while (!body.empty() && outcome.result) {
        outcome.result = filter.feed(body.substr(0, size), outcome.out);
        body.remove_prefix(std::min(size, body.size()));
    }
    if (outcome.result) {
        outcome.result = filter.finish(outcome.out);
    }
    return outcome;
}

TEST(LineExtraction, AppendsTheValuesOfEachLineAsSoonAsItIsComplete) {
    Extractor extractor(pointers({"/a"}));
    LineExtraction lines(extractor, 0, "");
    std::string out;
    ASSERT_TRUE(lines.feed("{\"a\":1}\n{\"a\":", out));
    EXPECT_EQ(out, "1\n");
    ASSERT_TRUE(lines.feed("2}\n", out));
    EXPECT_EQ(out, "1\n2\n");
}

TEST(LineExtraction, AcceptsALastLineWithoutItsNewline) {
    Extractor extractor(pointers({"/a", "/b"}));
    for (std::size_t size = 1; size < 40; ++size) {
        LineExtraction lines(extractor, 0, "tag\t");
        const Outcome outcome =
            filtered(lines, "{\"a\":\"x\",\"b\":[1, 2]}\r\n\n{\"b\":null,\"a\":\"\"}", size);
        EXPECT_TRUE(outcome.result);
        EXPECT_EQ(outcome.out, "tag\tx\t[1,2]\ntag\t\tnull\n") << "chunks of " << size;
    }
}

TEST(LineExtraction, AppendsNothingForABodyWithoutLines) {
    Extractor extractor(pointers({"/a"}));
    LineExtraction lines(extractor, 0, "tag\t");
    const Outcome outcome = filtered(lines, "", 1);
    EXPECT_TRUE(outcome.result);
    EXPECT_EQ(outcome.out, "");
}

TEST(LineExtraction, StopsAtTheFirstLineWithoutAValueAndNamesIt) {
    Extractor extractor(pointers({"/a"}));
    for (const std::size_t size : {1U, 7U, 1000U}) {
        LineExtraction lines(extractor, 0, "");
        const Outcome outcome = filtered(lines, "{\"a\":1}\n{\"a\":2}\n{}\n{\"a\":4}\n", size);
        ASSERT_FALSE(outcome.result);
        EXPECT_EQ(outcome.result.error().error_class(), ErrorClass::Extract);
        EXPECT_NE(outcome.result.error().message().find("line 3"), std::string::npos)
            << outcome.result.error().message();
        EXPECT_EQ(outcome.out, "1\n2\n");
    }
}

TEST(LineExtraction, RefusesAnOverlongLineAfterTheLinesBeforeIt) {
    Extractor extractor(pointers({"/a"}));
    for (const std::size_t size : {1U, 9U, 1000U}) {
        LineExtraction lines(extractor, 10, "");
        const Outcome outcome = filtered(lines, "{\"a\":1}\n{\"a\":\"long\"}\n{\"a\":3}\n", size);
        ASSERT_FALSE(outcome.result);
        EXPECT_EQ(outcome.result.error().error_class(), ErrorClass::TooLarge);
        EXPECT_EQ(outcome.out, "1\n");
    }
}

TEST(LineExtraction, ReportsABadLineBeforeAnOverlongOneOfTheSameChunk) {
    Extractor extractor(pointers({"/a"}));
    LineExtraction lines(extractor, 10, "");
    const Outcome outcome = filtered(lines, "{\"a\":1}\nnothing\n{\"a\":\"too long\"}\n", 1000);
    ASSERT_FALSE(outcome.result);
    EXPECT_EQ(outcome.result.error().error_class(), ErrorClass::Extract);
    EXPECT_EQ(outcome.out, "1\n");
}

TEST(LineExtraction, LetsBodiesShareAnExtractorInTurn) {
    Extractor extractor(pointers({"/n"}));
    std::mt19937 random(20261121);
    std::vector<LineExtraction> filters;
    std::vector<std::string> bodies(5);
    std::vector<std::string> expected(5);
    std::vector<std::string> outs(5);
    for (std::size_t i = 0; i < 5; ++i) {
        const std::string prefix = std::to_string(i) + '\t';
        filters.emplace_back(extractor, 0, prefix);
        for (int line = 0; line < 200; ++line) {
            const std::string value = std::to_string(random());
            bodies[i] += "{\"n\":" + value + "}\n";
            expected[i].append(prefix).append(value).append("\n");
        }
    }
    while (std::any_of(bodies.begin(), bodies.end(), [](const auto& b) { return !b.empty(); })) {
        const std::size_t which = random() % 5;
        const std::size_t size = std::min<std::size_t>(random() % 300, bodies[which].size());
        ASSERT_TRUE(filters[which].feed(bodies[which].substr(0, size), outs[which]));
        bodies[which].erase(0, size);
    }
    EXPECT_EQ(outs, expected);
}

TEST(DocumentExtraction, AppendsTheValuesOfTheWholeBodyAsOneLine) {
    Extractor extractor(pointers({"/a/0", "/b"}));
    for (std::size_t size = 1; size < 50; ++size) {
        DocumentExtraction document(extractor, "tag\t");
        const Outcome outcome =
            filtered(document, "{\n \"a\": [\n  1.50\n ],\n \"b\": \"x\\ny\"\n}\n", size);
        EXPECT_TRUE(outcome.result);
        EXPECT_EQ(outcome.out, "tag\t1.50\tx\\ny\n");
    }
}

TEST(DocumentExtraction, AppendsNothingBeforeTheEnd) {
    Extractor extractor(pointers({"/a"}));
    DocumentExtraction document(extractor, "");
    std::string out;
    ASSERT_TRUE(document.feed("{\"a\":1}", out));
    EXPECT_EQ(out, "");
}

TEST(DocumentExtraction, AppendsNothingForABodyThatFails) {
    Extractor extractor(pointers({"/a"}));
    for (const std::string_view body : {"", "{}", "{\"a\":1", "<html>", "{\"a\":1}{\"a\":1}"}) {
        DocumentExtraction document(extractor, "tag\t");
        const Outcome outcome = filtered(document, body, 3);
        ASSERT_FALSE(outcome.result) << body;
        EXPECT_EQ(outcome.result.error().error_class(), ErrorClass::Extract);
        EXPECT_EQ(outcome.out, "");
    }
}

}  // namespace
}  // namespace runnel
