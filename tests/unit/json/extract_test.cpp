#include "json/extract.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "json/document.hpp"
#include "support/guarded_pages.hpp"
#include "support/random_json.hpp"

namespace runnel {
namespace {

using namespace std::string_literals;
using test::GuardedPages;
using test::JsonSample;
using test::RandomJson;

std::vector<JsonPointer> pointers(const std::vector<std::string>& texts) {
    std::vector<JsonPointer> all;
    for (const std::string& text : texts) {
        all.push_back(*JsonPointer::parse(text));
    }
    return all;
}

std::string values(std::string_view document, const std::vector<std::string>& texts) {
    Extractor extractor(pointers(texts));
    std::string out;
    const Result<void> done = extractor.extract(document, out);
    EXPECT_TRUE(done) << document << ": " << (done ? "" : done.error().message());
    return out;
}

std::string failure(std::string_view document, const std::vector<std::string>& texts) {
    Extractor extractor(pointers(texts));
    std::string out = "before";
    const Result<void> done = extractor.extract(document, out);
    EXPECT_FALSE(done) << document << " gave " << out;
    EXPECT_EQ(out, "before");
    if (done) {
        return {};
    }
    EXPECT_EQ(done.error().error_class(), ErrorClass::Extract);
    return done.error().message();
}

TEST(AppendField, EscapesTabAndNewline) {
    std::string out = "before\t";
    append_field(out, "a\tb\nc\\d\re");
    EXPECT_EQ(out, "before\ta\\tb\\nc\\\\d\re");
}

TEST(Extractor, AppendsAValueWithoutANewline) {
    EXPECT_EQ(values(R"({"ip":"203.0.113.7"})", {"/ip"}), "203.0.113.7");
}

TEST(Extractor, AppendsInTheOrderOfThePointers) {
    Extractor extractor(pointers({"/c", "/a/0", "/c"}));
    std::string out = "before ";
    ASSERT_TRUE(extractor.extract(R"({"a":[1,2],"b":3,"c":"x"})", out));
    EXPECT_EQ(out, "before x\t1\tx");
}

TEST(Extractor, AppendsScalarsAsWritten) {
    for (const char* scalar : {"null", "true", "false", "0", "-0", "1.50", "1E+2", "1e400",
                               "123456789012345678901234567890", "-0.0000000000000000000000001"}) {
        EXPECT_EQ(values(R"({"a": )"s + scalar + " }", {"/a"}), scalar);
        EXPECT_EQ(values(scalar, {""}), scalar);
    }
}

TEST(Extractor, ExtractsAWholeScalarDocument) {
    EXPECT_EQ(values(" \"text\" \n", {""}), "text");
    EXPECT_EQ(values("\n42\n", {""}), "42");
    EXPECT_EQ(failure("42", {"/a"}), "no value at \"/a\"");
}

TEST(Extractor, EscapesOnlyTabNewlineAndBackslashInStrings) {
    EXPECT_EQ(values(R"({"a":"\t|\n|\\|\"|\/|\u0009|\u000A|\u005c"})", {"/a"}),
              R"(\t|\n|\\|"|/|\t|\n|\\)");
    EXPECT_EQ(values(R"({"a":"\r|\b|\f|\u0001|\u0000|\u007f"})", {"/a"}), "\r|\b|\f|\x01|\0|\x7f"s);
    EXPECT_EQ(values(R"({"a":"\u00fc \ud83d\ude00"})", {"/a"}), "\xC3\xBC \xF0\x9F\x98\x80");
    EXPECT_EQ(values(R"({"a":""})", {"/a", "/a"}), "\t");
}

TEST(Extractor, AppendsObjectsAndArraysAsCompactJson) {
    EXPECT_EQ(
        values(" { \"b\" : [ 1.0 ,\t2 ] ,\r\n \"a\" : { } , \"c d\" : \" \\u0041 \" } ", {""}),
        R"({"b":[1.0,2],"a":{},"c d":" \u0041 "})");
    EXPECT_EQ(values("{\"a\":[ ]}", {"/a"}), "[]");
    EXPECT_EQ(values(R"({"a":{"x":"a\tb\ud800"}})", {"/a"}), R"({"x":"a\tb\ud800"})");
    EXPECT_EQ(values(R"({"a":[1,1,{"b":1}]})", {"/a"}), R"([1,1,{"b":1}])");
}

TEST(Extractor, ExtractsAValueAndAPartOfIt) {
    EXPECT_EQ(values(R"({"a":{"b":[{"c":1}]}})", {"/a/b/0/c", "/a/b/0", "/a", "", "/a/b"}),
              "1\t{\"c\":1}\t{\"b\":[{\"c\":1}]}\t{\"a\":{\"b\":[{\"c\":1}]}}\t[{\"c\":1}]");
}

TEST(Extractor, ComparesUnescapedKeys) {
    EXPECT_EQ(values(R"({"\u0061":1})", {"/a"}), "1");
    EXPECT_EQ(values(R"({"a\/b":1})", {"/a~1b"}), "1");
    EXPECT_EQ(values(R"({"\"\\\n":1})", {"/\"\\\n"}), "1");
    EXPECT_EQ(values(R"({"\ud83d\ude00":1})", {"/\xF0\x9F\x98\x80"}), "1");
    EXPECT_EQ(values(R"({"":{"":1}})", {"//"}), "1");
    EXPECT_EQ(values(R"({"a":1,"aa":2,"A":3})", {"/aa", "/A", "/a"}), "2\t3\t1");
    EXPECT_EQ(failure(R"({"\\u0061":1})", {"/a"}), "no value at \"/a\"");
    EXPECT_EQ(failure(R"({"\\u0061":1})", {"/\\\\u0061"}), "no value at \"/\\\\u0061\"");
}

TEST(Extractor, SkipsKeysWithUnpairedSurrogates) {
    EXPECT_EQ(values(R"({"\ud800":1,"a":2})", {"/a"}), "2");
}

TEST(Extractor, ExtractsTheFirstOfEqualKeys) {
    EXPECT_EQ(values(R"({"a":1,"a":2,"\u0061":3})", {"/a"}), "1");
    EXPECT_EQ(values(R"({"a":{"b":1},"a":{"b":2}})", {"/a/b"}), "1");
    EXPECT_EQ(failure(R"({"a":{"c":1},"a":{"b":2}})", {"/a/b"}), "no value at \"/a/b\"");
    EXPECT_EQ(failure(R"({"a":null,"a":{"b":2}})", {"/a/b"}), "no value at \"/a/b\"");
}

TEST(Extractor, CountsElements) {
    const std::string document = R"([["a","b"],"c",["d"]])";
    EXPECT_EQ(values(document, {"/2/0", "/1", "/0/1", "/0"}), "d\tc\tb\t[\"a\",\"b\"]");
    for (const char* pointer : {"/3", "/-", "/01", "/0/2", "/0/-", "/a", "/", "/1/0", "/ 1", "/-1",
                                "/18446744073709551616"}) {
        EXPECT_EQ(failure(document, {pointer}), "no value at \""s + pointer + '"');
    }
}

TEST(Extractor, AcceptsDigitsAndDashesAsKeysInObjects) {
    EXPECT_EQ(values(R"({"0":"a","01":"b","-":"c"})", {"/0", "/01", "/-"}), "a\tb\tc");
}

TEST(Extractor, NamesTheFirstPointerWithoutAValue) {
    EXPECT_EQ(failure(R"({"a":1})", {"/a", "/b", "/c"}), "no value at \"/b\"");
    EXPECT_EQ(failure(R"({"a":{"b":1}})", {"/b"}), "no value at \"/b\"");
    EXPECT_EQ(failure("{}", {"/a"}), "no value at \"/a\"");
}

TEST(Extractor, RefusesAStringWithAnUnpairedSurrogate) {
    EXPECT_EQ(failure(R"({"a":"x","b":"\ud800"})", {"/a", "/b"}),
              "the string at \"/b\" contains an unpaired surrogate");
    EXPECT_EQ(failure(R"("\udc00\ud800")", {""}),
              "the string at \"\" contains an unpaired surrogate");
    EXPECT_EQ(values(R"({"a":"x","b":"\ud800"})", {"/a"}), "x");
}

TEST(Extractor, ChecksAllOfTheDocument) {
    for (const char* document :
         {R"({"a":1,,,})", R"({"a":1,})", R"({"a":1} x)", R"({"a":1}{"a":1})", R"({"a":1)",
          R"({"a":1,"b":tru})", R"({"a":1,"b":[1,]})", R"({"a":1,"b":"\x"})", R"({"a":1,"b":01})",
          R"({"a":1,"b":{"c"}})", "{\"a\":1,\"b\":\"\xff\"}", "{\"a\":1,\"b\":\"\n\"}",
          R"({"a":1,"b})", "<html>", R"({"a":1,"b":'x'})", R"({"a":1}})"}) {
        EXPECT_EQ(failure(document, {"/a"}).find("not JSON: "), 0U) << document;
    }
}

TEST(Extractor, ReportsTheProblemAndItsPlace) {
    EXPECT_EQ(failure(R"({"a" 1})", {"/a"}), "not JSON: a colon is missing (at byte 6)");
    EXPECT_EQ(failure("{\"a\":\"\xff\"}", {"/a"}), "not JSON: the text is not UTF-8 (at byte 7)");
    EXPECT_EQ(failure("", {""}), "not JSON: the body is empty");
    EXPECT_EQ(failure(" \r\n\t", {"/a"}), "not JSON: the body is empty");
}

TEST(Extractor, LimitsTheDepth) {
    const auto nested = [](std::size_t depth) {
        return std::string(depth, '[') + std::string(depth, ']');
    };
    EXPECT_EQ(values(nested(1024), {""}), nested(1024));
    for (const std::size_t depth : {1025U, 10'000U, 1'000'000U}) {
        EXPECT_EQ(failure(nested(depth), {""}),
                  "not JSON: nested more than 1024 deep (at byte 1025)");
    }
    std::string pointer;
    std::string document;
    for (int depth = 0; depth < 10'000; ++depth) {
        pointer += "/a";
        document += R"({"a":)";
    }
    EXPECT_NE(failure(document, {pointer}).find("nested more than 1024 deep"), std::string::npos);
}

TEST(Extractor, SkipsAByteOrderMark) {
    EXPECT_EQ(values("\xef\xbb\xbf{\"a\":1}", {"/a"}), "1");
    EXPECT_EQ(failure("\xef\xbb\xbf\xef\xbb\xbf{}", {""}).find("not JSON: "), 0U);
    EXPECT_EQ(failure("\xef\xbb\xbf", {""}), "not JSON: the body is empty");
}

TEST(Extractor, ExtractsFromLargeDocumentsRepeatedly) {
    Extractor extractor(pointers({"/1", "/2"}));
    const std::string text(3'000'000, 'a');
    for (int round = 0; round < 3; ++round) {
        std::string out;
        ASSERT_TRUE(extractor.extract("[0,\"" + text + "\",2]", out));
        EXPECT_EQ(out, text + "\t2");
        out.clear();
        ASSERT_TRUE(extractor.extract("[0,1,2]", out));
        EXPECT_EQ(out, "1\t2");
    }
}

TEST(Extractor, CanBeUsedAfterAFailure) {
    Extractor extractor(pointers({"/a"}));
    std::string out;
    EXPECT_FALSE(extractor.extract(R"({"a":1,)", out));
    EXPECT_FALSE(extractor.extract(R"({"b":1})", out));
    EXPECT_FALSE(extractor.extract("\"\xff", out));
    EXPECT_TRUE(extractor.extract(R"({"a":2})", out));
    EXPECT_EQ(out, "2");
}

TEST(Extractor, FindsEveryPlaceOfRandomDocuments) {
    RandomJson random(11);
    std::size_t places = 0;
    for (int round = 0; round < 3000; ++round) {
        const JsonSample sample = random.next();
        places += sample.places.size();
        for (const auto& [pointer, column] : sample.places) {
            ASSERT_EQ(values(sample.text, {pointer}), column) << sample.text << " at " << pointer;
            EXPECT_EQ(failure(sample.text, {pointer + "/nowhere"}),
                      "no value at \"" + pointer + "/nowhere\"");
        }
        std::vector<std::string> some;
        std::string line;
        for (std::size_t left = 1 + random.below(4); left > 0; --left) {
            const auto& [pointer, column] = sample.places[random.below(sample.places.size())];
            line += (some.empty() ? "" : "\t") + column;
            some.push_back(pointer);
        }
        ASSERT_EQ(values(sample.text, some), line) << sample.text;
    }
    EXPECT_GT(places, 5000U);
}

/// Returns the output for \a body in blocks of whole lines that end at \a cuts.
struct LinesOutcome {
    std::string out;
    std::optional<std::string> failure;
    std::uint64_t count = 0;
};

LinesOutcome extract_lines(Extractor& extractor, const std::vector<std::string>& blocks,
                           std::string prefix = {}) {
    LinesOutcome outcome;
    Extractor::Lines lines(std::move(prefix));
    for (const std::string& block : blocks) {
        const Result<void> done = extractor.extract_lines(block, lines, outcome.out);
        if (!done) {
            EXPECT_EQ(done.error().error_class(), ErrorClass::Extract);
            outcome.failure = done.error().message();
            break;
        }
    }
    outcome.count = lines.count;
    return outcome;
}

LinesOutcome lines_of(const std::vector<std::string>& blocks, const std::string& pointer = "/a",
                      std::string prefix = {}) {
    Extractor extractor(pointers({pointer}));
    return extract_lines(extractor, blocks, std::move(prefix));
}

TEST(ExtractLines, ParsesEachLineAsADocument) {
    const LinesOutcome outcome = lines_of({"{\"a\":1}\n{\"a\":\"x\\ny\"}\r\n", "{\"a\":null}\n"});
    EXPECT_EQ(outcome.failure, std::nullopt);
    EXPECT_EQ(outcome.out, "1\nx\\ny\nnull\n");
    EXPECT_EQ(outcome.count, 3U);
}

TEST(ExtractLines, AddsTheNewlineOfTheLastLine) {
    EXPECT_EQ(lines_of({"{\"a\":1}\n{\"a\":2}"}).out, "1\n2\n");
    EXPECT_EQ(lines_of({""}).out, "");
}

TEST(ExtractLines, WritesThePrefixBeforeEachLine) {
    EXPECT_EQ(lines_of({"{\"a\":1}\n\n", "{\"a\":2}\n"}, "/a", "tag\t").out, "tag\t1\ntag\t2\n");
}

TEST(ExtractLines, SkipsAndCountsBlankLines) {
    const LinesOutcome outcome = lines_of({"\n \t\r\n{\"a\":1}\n\n\n", "\n", "  \n", "{}"});
    EXPECT_EQ(outcome.out, "1\n");
    EXPECT_EQ(outcome.failure, "line 8: no value at \"/a\"");
}

TEST(ExtractLines, SkipsAByteOrderMarkAtTheStartOnly) {
    EXPECT_EQ(lines_of({"\xef\xbb\xbf{\"a\":1}\n"}).out, "1\n");
    EXPECT_EQ(lines_of({"{\"a\":1}\n", "\xef\xbb\xbf{\"a\":1}\n"}).failure,
              "line 2: not JSON: unexpected character (at byte 1)");
}

TEST(ExtractLines, StopsAtTheFirstLineThatFails) {
    const LinesOutcome outcome =
        lines_of({"{\"a\":1}\n", "{\"a\":2}\n{\"a\":3,}\n{\"a\":4}\n"}, "/a", "tag\t");
    EXPECT_EQ(outcome.out, "tag\t1\ntag\t2\n");
    EXPECT_EQ(outcome.failure, "line 3: not JSON: a key in quotes is missing (at byte 8)");
}

TEST(ExtractLines, RefusesDocumentsAcrossLines) {
    EXPECT_EQ(lines_of({"{\"a\":1} {\"a\":2}\n"}).failure,
              "line 1: not JSON: unexpected text after the value (at byte 9)");
    EXPECT_EQ(lines_of({"{\n\"a\":1}\n"}).failure,
              "line 1: not JSON: a key in quotes is missing (at byte 2)");
    EXPECT_EQ(lines_of({"{\"a\":\n1}\n"}).failure,
              "line 1: not JSON: a value is missing (at byte 6)");
    EXPECT_EQ(lines_of({"[1,2\n]\n"}, "/0").failure,
              "line 1: not JSON: a comma or ] is missing (at byte 5)");
    EXPECT_EQ(lines_of({"12\n34\n"}, "").out, "12\n34\n");
}

TEST(ExtractLines, NamesTheBadLineAmongItsNeighbours) {
    const std::string good = "{\"a\":1}\n";
    for (const char* bad :
         {"{\"a\":\"x}", "\"", "{\"a\":\"\xff\"}", "{\"a\":\"\t\"}", "\\\"", "{\"a\":\"\\"}) {
        const LinesOutcome outcome = lines_of({good + good, good + "\n" + bad + "\n" + good});
        EXPECT_EQ(outcome.out, "1\n1\n1\n") << bad;
        EXPECT_EQ(outcome.failure.value_or("").find("line 5: not JSON: "), 0U)
            << outcome.failure.value_or("none");
    }
}

TEST(ExtractLines, HandlesEscapesLineByLine) {
    EXPECT_EQ(lines_of({"{\"a\":\"x\"}\n{\"a\":\"\\\\\"}\n{\"a\":\"y\"}\n{\"\\u0061\":\"\\\"\"}\n"
                        "{\"b\":\"\\n\",\"a\":\"z\"}\n"})
                  .out,
              "x\n\\\\\ny\n\"\nz\n");
}

TEST(ExtractLines, ExtractsFromLinesLongerThanASlice) {
    const std::string text(200'000, 'x');
    const std::string line = "{\"a\":\"" + text + "\"}\n";
    EXPECT_EQ(lines_of({line + "{\"a\":1}\n" + line + line}).out,
              text + "\n1\n" + text + "\n" + text + "\n");
}

TEST(ExtractLines, ReadsNothingAfterTheBlock) {
    GuardedPages pages(200'000);
    Extractor extractor(pointers({"/a"}));
    const std::string line = "{\"a\":123}\n";
    for (std::size_t count = 1; count < 16'000; count += 1 + count / 3) {
        std::string block;
        std::string wanted;
        for (std::size_t i = 0; i < count; ++i) {
            block += line;
            wanted += "123\n";
        }
        for (const std::size_t cut : {0U, 1U}) {
            Extractor::Lines lines;
            std::string out;
            ASSERT_TRUE(extractor.extract_lines(
                pages.put(std::string_view(block).substr(0, block.size() - cut)), lines, out));
            ASSERT_EQ(out, wanted);
        }
    }
}

/// Splits \a body into random blocks of whole lines.
std::vector<std::string> random_blocks(const std::vector<std::string>& body, RandomJson& random) {
    std::vector<std::string> blocks(1);
    for (const std::string& line : body) {
        if (random.below(8) == 0) {
            blocks.emplace_back();
        }
        blocks.back() += line + "\n";
    }
    return blocks;
}

TEST(ExtractLines, ExtractsTheSameFromRandomLinesAsFromDocuments) {
    RandomJson random(12);
    Extractor extractor(pointers({""}));
    for (int round = 0; round < 300; ++round) {
        std::vector<std::string> body;
        std::string wanted;
        std::uint64_t bad_line = 0;
        for (std::size_t left = random.below(60); left > 0; --left) {
            const JsonSample sample = random.next();
            body.push_back(random.below(9) == 0 ? std::string(random.below(3), ' ') : sample.text);
            if (body.back() != sample.text) {
                continue;
            }
            const bool is_bad = random.below(100) == 0;
            if (is_bad) {
                body.back() += random.below(2) == 0 ? "]" : "\"";
                bad_line = bad_line == 0 ? body.size() : bad_line;
            }
            if (bad_line == 0) {
                wanted += "tag " + sample.places.front().second + "\n";
            }
        }
        const LinesOutcome outcome = extract_lines(extractor, random_blocks(body, random), "tag ");
        ASSERT_EQ(outcome.out, wanted);
        ASSERT_EQ(outcome.failure.has_value(), bad_line != 0);
        ASSERT_EQ(outcome.count, bad_line != 0 ? bad_line : body.size());
    }
}

TEST(ExtractLines, AgreesWithTheStrictCheckOnMutatedLines) {
    RandomJson random(13);
    Extractor extractor(pointers({""}));
    int bad = 0;
    for (int round = 0; round < 20'000; ++round) {
        const std::string line = test::mutated(random.next().text, random);
        if (line.find('\n') != std::string::npos) {
            continue;
        }
        const std::string good = "[1]\n";
        std::string out;
        const bool is_document = extractor.extract(line, out).ok();
        const LinesOutcome outcome = extract_lines(extractor, {good + line + "\n" + good});
        // An unpaired surrogate is valid JSON but cannot be extracted.
        if (line.find("\\u") == std::string::npos) {
            EXPECT_EQ(is_document, is_valid_json(line)) << line;
        }
        const bool is_blank = line.find_first_not_of(" \t\r") == std::string::npos;
        EXPECT_EQ(outcome.failure.has_value(), !is_document && !is_blank) << line;
        EXPECT_EQ(outcome.out, is_document ? good + out + "\n" + good
                               : is_blank  ? good + good
                                           : good);
        bad += is_document ? 0 : 1;
    }
    EXPECT_GT(bad, 1000);
    EXPECT_LT(bad, 19'000);
}

}  // namespace
}  // namespace runnel
