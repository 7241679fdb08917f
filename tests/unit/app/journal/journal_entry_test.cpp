#include "app/journal/journal_entry.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include "http/request.hpp"

namespace runnel {
namespace {

const http::Policy kPolicy;

Input input_for(std::string_view url) {
    return Input(std::string(url), "-", 1, http::Request(*http::Url::parse(url), kPolicy));
}

JournalEntry entry_of(std::string_view line, std::uint64_t occurrence, bool delivered) {
    JournalEntry entry;
    entry.key = JournalKey{Identity::of_line(line), occurrence};
    entry.delivered = delivered;
    return entry;
}

/// Returns the sealed line without its newline.
std::string sealed(const JournalEntry& entry, std::string object = "{\"input\":\"a\"}\n") {
    entry.seal(object);
    EXPECT_EQ(object.back(), '\n');
    object.pop_back();
    return object;
}

TEST(Identity, DependsOnTheRequestAndNotOnItsText) {
    Input first = input_for("http://a/1");
    Input again = input_for("http://a/1");
    again.text = "{\"url\":\"http://a/1\"}";
    again.file_in = "other";
    again.line_number = 99;
    again.extra = "{}";
    again.request->headers.emplace_back("X-Any: thing");
    EXPECT_EQ(Identity::of(first), Identity::of(again));
}

TEST(Identity, DiffersByMethodUrlBodyAndId) {
    std::vector<Input> inputs;
    inputs.push_back(input_for("http://a/1"));
    inputs.push_back(input_for("http://a/2"));
    inputs.push_back(input_for("http://a/1"));
    inputs.back().request->method = "HEAD";
    inputs.push_back(input_for("http://a/1"));
    inputs.back().request->body = "x";
    inputs.push_back(input_for("http://a/1"));
    inputs.back().id = "x";
    for (std::size_t i = 0; i < inputs.size(); ++i) {
        for (std::size_t j = i + 1; j < inputs.size(); ++j) {
            EXPECT_FALSE(Identity::of(inputs[i]) == Identity::of(inputs[j])) << i << " and " << j;
        }
    }
}

TEST(Identity, DiffersByTheHeadersOfTheLine) {
    const auto with = [](http::Headers headers) {
        Input input = input_for("http://a/1");
        input.headers = std::move(headers);
        return Identity::of(input);
    };
    EXPECT_FALSE(with({"A: 1"}) == with({}));
    EXPECT_FALSE(with({"A: 1"}) == with({"A: 2"}));
    EXPECT_FALSE(with({"A: 1", "A: 2"}) == with({"A: 2", "A: 1"}));
    EXPECT_EQ(with({"A: 1", "B: 2"}), with({"b: 2", "a: 1"}));
    // That of version 0.1, before headers counted.
    EXPECT_EQ(with({}), Identity::of_line("3:GET10:http://a/10:0:"));
}

TEST(Identity, DependsOnTheTextWithoutARequest) {
    const Input bad("nonsense", "-", 7, Error(ErrorClass::BadInput, "no"));
    EXPECT_EQ(Identity::of(bad), Identity::of_line("nonsense"));
}

TEST(Identity, IsTheSameInEveryVersion) {
    // Journals are read by later versions. XXH3_128bits("a\nb"), by the xxhsum program.
    EXPECT_EQ(Identity::of_line("a").to_string(), "a96faf705af16834e6c632b61e964e1f");
    EXPECT_EQ(Identity::of_line("").to_string(), "99aa06d3014798d86001c324468d497f");
}

TEST(Identity, ParsesItsText) {
    const Identity identity = Identity::of_line("any");
    EXPECT_EQ(Identity::parse(identity.to_string()), identity);
    EXPECT_FALSE(Identity::parse("12"));
    EXPECT_FALSE(Identity::parse(std::string(32, 'g')));
}

TEST(JournalEntry, HasTheNumberOfAJobIfThereIsOne) {
    JournalEntry entry = entry_of("any", 12, true);
    EXPECT_EQ(sealed(entry).find("\"job\""), std::string::npos);
    EXPECT_EQ(JournalEntry::read(sealed(entry))->job, 0U);
    entry.job = 7;
    ASSERT_TRUE(JournalEntry::read(sealed(entry)));
    EXPECT_EQ(JournalEntry::read(sealed(entry))->job, 7U);
    EXPECT_EQ(JournalEntry::read(sealed(entry))->key, entry.key);
}

TEST(JournalEntry, IsReadBack) {
    for (const bool delivered : {true, false}) {
        const JournalEntry written = entry_of("any", 12, delivered);
        const std::optional<JournalEntry> read = JournalEntry::read(sealed(written));
        ASSERT_TRUE(read);
        EXPECT_EQ(read->key, written.key);
        EXPECT_EQ(read->delivered, delivered);
    }
}

TEST(JournalEntry, KeepsTheMembersOfItsObject) {
    const std::string line = sealed(entry_of("any", 1, true), "{\"a\":1,\"b\":{\"c\":[]}}\n");
    EXPECT_EQ(line.find("{\"a\":1,\"b\":{\"c\":[]},\"delivered\":true,\"identity\":\""), 0U)
        << line;
}

TEST(JournalEntry, IgnoresItsKeysInTheObject) {
    const JournalEntry written = entry_of("any", 3, false);
    const std::string line = sealed(
        written, "{\"extra\":{\"x\":1,\"delivered\":true,\"identity\":\"\",\"checksum\":\"\"}}\n");
    const std::optional<JournalEntry> read = JournalEntry::read(line);
    ASSERT_TRUE(read);
    EXPECT_FALSE(read->delivered);
    EXPECT_EQ(read->key, written.key);
}

TEST(JournalEntry, DetectsChangedBytesAndMissingEnds) {
    const std::string line = sealed(entry_of("any", 1, true));
    for (std::size_t i = 0; i < line.size(); ++i) {
        std::string changed = line;
        changed[i] = changed[i] == '0' ? '1' : '0';
        EXPECT_FALSE(JournalEntry::read(changed)) << changed;
        EXPECT_FALSE(JournalEntry::read(std::string_view(line).substr(0, i))) << i;
    }
    EXPECT_FALSE(JournalEntry::read(line + line));
}

}  // namespace
}  // namespace runnel
