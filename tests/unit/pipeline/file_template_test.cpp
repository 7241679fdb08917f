#include "pipeline/file_template.hpp"

#include <algorithm>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "json/escape.hpp"
#include "pipeline/request_maker.hpp"

namespace runnel {
namespace {

const http::Policy kPolicy;

Input input_of(std::string text, std::optional<std::uint64_t> line = std::nullopt) {
    Input input = RequestMaker(kPolicy).make(std::move(text), "", line);
    EXPECT_TRUE(input.request) << input.text;
    return input;
}

std::string path_of(std::string_view pattern, const Input& input, std::uint64_t n = 1) {
    const Result<FileTemplate> parsed = FileTemplate::parse(pattern);
    EXPECT_TRUE(parsed) << pattern;
    return parsed ? parsed->path_of(input, n) : "";
}
std::string path_of(std::string_view pattern, std::string url) {
    return path_of(pattern, input_of(std::move(url)));
}

std::string refusal(std::string_view pattern) {
    const Result<FileTemplate> parsed = FileTemplate::parse(pattern);
    EXPECT_FALSE(parsed) << pattern;
    return parsed ? "" : parsed.error().message();
}

std::string folder_of(std::string_view pattern) { return FileTemplate::parse(pattern)->folder(); }

bool contains(const std::string& text, std::string_view part) {
    return text.find(part) != std::string::npos;
}

// Templates

TEST(FileTemplate, ReturnsTheFixedPartAsFolder) {
    EXPECT_EQ(folder_of("out/{host}/{path}"), "out/");
    EXPECT_EQ(folder_of("out/a/b-{host}/{path}"), "out/a/");
    EXPECT_EQ(folder_of("{name}"), "");
    EXPECT_EQ(folder_of("page-{n}"), "");
    EXPECT_EQ(folder_of("/{host}"), "/");
    EXPECT_EQ(folder_of("/tmp/../x//page.html"), "/tmp/../x//");
    EXPECT_EQ(folder_of("a{{/{n}"), "a{/");
}

TEST(FileTemplate, KeepsTheTextAfterTheFolder) {
    EXPECT_EQ(path_of("out/a-{host}/x/{name}.gz", "http://h/b"), "a-h/x/b.gz");
    EXPECT_EQ(path_of("out/page.html", "http://h/b"), "page.html");
}

TEST(FileTemplate, TreatsDoubledAndLoneBracesAsBraces) {
    EXPECT_EQ(path_of("{{n}}-{n}", "http://h/"), "{n}-1");
    EXPECT_EQ(path_of("a}b", "http://h/"), "a}b");
}

TEST(FileTemplate, RefusesUnknownPlaceholdersAndNamesThem) {
    const std::string refused = refusal("out/{host}/{foo}");
    EXPECT_TRUE(contains(refused, "{foo}")) << refused;
    for (const char* name : {"{scheme}", "{host}", "{port}", "{path}", "{name}", "{query}", "{}",
                             "{line}", "{n}", "{id}"}) {
        EXPECT_TRUE(contains(refused, name)) << refused;
    }
    EXPECT_TRUE(contains(refusal("out/{host"), "{host"));
    EXPECT_TRUE(contains(refusal("{Host}"), "{Host}"));
}

TEST(FileTemplate, RefusesTemplatesWithoutAFileName) {
    for (const char* pattern : {"", "out/", "{host}/", "/", "out/{host}//{name}",
                                "{host}/../{name}", "{host}/./x", "out/..", ".", "{host}/.."}) {
        EXPECT_NE(refusal(pattern), "") << pattern;
    }
}

// Placeholders

TEST(FileTemplate, FillsInThePartsOfAUrl) {
    const std::string url = "https://User:secret@Example.ORG:8443/a/b.html?x=1/2&y#part";
    EXPECT_EQ(path_of("{scheme}", url), "https");
    EXPECT_EQ(path_of("{host}", url), "example.org");
    EXPECT_EQ(path_of("{port}", url), "8443");
    EXPECT_EQ(path_of("{path}", url), "a/b.html?x=1%2F2&y");
    EXPECT_EQ(path_of("{name}", url), "b.html");
    EXPECT_EQ(path_of("{query}", url), "x=1%2F2&y");
    EXPECT_EQ(path_of("{scheme}-{port}", "http://h"), "http-80");
}

TEST(FileTemplate, NamesAFolderOfAUrlIndexHtml) {
    for (const char* url :
         {"http://h", "http://h/", "http://h/#x", "http://h/.", "http://h/a/.."}) {
        EXPECT_EQ(path_of("{path}", url), "index.html") << url;
        EXPECT_EQ(path_of("{name}", url), "index.html") << url;
    }
    EXPECT_EQ(path_of("{path}", "http://h/a/b/"), "a/b/index.html");
    EXPECT_EQ(path_of("{path}", "http://h/a/b/.."), "a/index.html");
    EXPECT_EQ(path_of("{path}", "http://h?q=1"), "index.html?q=1");
    EXPECT_EQ(path_of("{name}", "http://h?q=/1"), "index.html");
}

TEST(FileTemplate, FillsInTheInput) {
    EXPECT_EQ(path_of("{}", "http://h/a?b"), "http:%2F%2Fh%2Fa?b");
    EXPECT_EQ(path_of("{}", "http://user:secret@h/a"), "http:%2F%2F***@h%2Fa");
    EXPECT_EQ(path_of("{line}", input_of("http://h/", 17)), "17");
    EXPECT_EQ(path_of("{line}", "http://h/"), "0");
    EXPECT_EQ(path_of("{n}", input_of("http://h/"), 3), "3");
}

TEST(FileTemplate, FillsInTheLineOfAUrlTemplate) {
    const RequestMaker maker(kPolicy, RequestDefaults(), *UrlTemplate::parse("http://h/{}"));
    EXPECT_EQ(path_of("{}.json", maker.make("a b/c", "", 1)), "a b%2Fc.json");
}

TEST(FileTemplate, FillsInTheIdOfAJsonLine) {
    const auto with_id = [](const std::string& id) {
        return input_of(R"({"url":"http://h/a","id":)" + id + "}");
    };
    EXPECT_EQ(path_of("{id}", with_id("\"a\\u0062/c\"")), "ab%2Fc");
    EXPECT_EQ(path_of("{id}", with_id("42")), "42");
    EXPECT_EQ(path_of("{id}", with_id("\"..\"")), "%2E%2E");
    EXPECT_EQ(path_of("{id}", with_id("\"\\u0000\\n\"")), "%00%0A");
    EXPECT_EQ(path_of("{id}", with_id("\"\"")), "_");
    EXPECT_EQ(path_of("{id}/x", with_id("\"\"")), "_/x");
    EXPECT_EQ(path_of("x/{host}/{id}", with_id("\"\"")), "h/_");
    EXPECT_EQ(path_of("{id}", "http://h/"), "_");
    EXPECT_EQ(path_of("{}", with_id("1")), "http:%2F%2Fh%2Fa");
}

// Names

TEST(FileTemplate, HidesAFileOnlyIfTheTemplateHasTheDot) {
    EXPECT_EQ(path_of("{name}", "http://h/.bashrc"), "%2Ebashrc");
    EXPECT_EQ(path_of("{name}", "http://h/%2Ebashrc"), "%2Ebashrc");
    EXPECT_EQ(path_of("{path}", "http://h/.git/a/.x.y"), "%2Egit/a/%2Ex.y");
    EXPECT_EQ(path_of("{query}{name}", "http://h/.a"), "%2Ea");
    EXPECT_EQ(path_of("{host}{name}", "http://h/.a"), "h.a");
    EXPECT_EQ(path_of(".{name}", "http://h/a"), ".a");
    EXPECT_EQ(path_of("x/.{query}/{name}", "http://h/.a?.q"), "..q/%2Ea");
}

TEST(FileTemplate, NeverLeavesItsFolder) {
    const std::vector<std::pair<std::string, std::string>> expected = {
        {"http://h/../../etc/passwd", "h/etc/passwd"},
        {"http://h/a/../../../b", "h/b"},
        {"http://h/a/./b//c", "h/a/b/c"},
        {"http://h/%2e%2e/%2E%2E/x", "h/%2e%2e/%2E%2E/x"},
        {"http://h/..%2f..%2fx", "h/%2E%2E%2f..%2fx"},
        {"http://h/a%00b", "h/a%00b"},
        {"http://h/..\\..\\x", "h/%2E%2E%5C..%5Cx"},
        {"http://h/-rf", "h/-rf"},
        {"http://h/...", "h/%2E%2E%2E"},
        {"http://h/?../../x", "h/index.html?..%2F..%2Fx"},
        {"http://h//", "h/index.html"},
        {"http://[::1]:8080/a", "::1/a"},
    };
    for (const auto& [url, path] : expected) {
        EXPECT_EQ(path_of("out/{host}/{path}", url), path) << url;
    }
}

TEST(FileTemplate, KeepsUtf8AndEncodesOtherBytes) {
    EXPECT_EQ(path_of("{name}", "http://h/gr\xc3\xbc\xc3\x9f"), "gr\xc3\xbc\xc3\x9f");
    EXPECT_EQ(path_of("{name}", "http://h/a\xff\xc3"), "a%FF%C3");
}

TEST(FileTemplate, ShortensLongNamesAndKeepsThemApart) {
    const std::string long_name(300, 'a');
    const std::string one = path_of("{name}", "http://h/" + long_name + "1.html");
    const std::string two = path_of("{name}", "http://h/" + long_name + "2.html");
    EXPECT_EQ(one.size(), kMaxFileName);
    EXPECT_NE(one, two);
    EXPECT_TRUE(one.starts_with("aaaa"));
    EXPECT_TRUE(one.ends_with(".html"));
    EXPECT_EQ(path_of("{name}", "http://h/" + std::string(255, 'a')), std::string(255, 'a'));
    const std::string nested = path_of("{path}", "http://h/" + long_name + "/b");
    EXPECT_EQ(nested.size(), kMaxFileName + 2) << "including folders";
}

TEST(FileTemplate, NeverSplitsACharacter) {
    std::string name;
    while (name.size() < 300) {
        name += "\xe2\x82\xac";
    }
    for (std::size_t limit = 64; limit < 70; ++limit) {
        const std::string cut = limited_file_name(name, limit);
        EXPECT_LE(cut.size(), limit);
        EXPECT_TRUE(is_valid_utf8(cut));
    }
}

TEST(FileTemplate, DropsAnOverlongExtension) {
    const std::string name = "a." + std::string(300, 'b');
    EXPECT_EQ(limited_file_name(name, kMaxFileName).size(), kMaxFileName);
    EXPECT_FALSE(limited_file_name(name, kMaxFileName).ends_with(".bbb"));
}

TEST(FileTemplate, MakesValidNamesFromAnyUrl) {
    const std::vector<std::string> pieces = {"/",
                                             "..",
                                             ".",
                                             "%2e",
                                             "%2f",
                                             "\\",
                                             "a",
                                             "?",
                                             "#",
                                             "~",
                                             "\xff",
                                             "\xc3\xa9",
                                             std::string(90, 'x'),
                                             "%00",
                                             "-",
                                             "{}"};
    std::mt19937 random(7);
    for (int round = 0; round < 20000; ++round) {
        std::string url = "http://h/";
        for (auto count = random() % 12; count > 0; --count) {
            url += pieces[random() % pieces.size()];
        }
        const std::string path = path_of("{host}{}/{path}{query}/{name}{id}", input_of(url));
        EXPECT_TRUE(is_valid_utf8(path)) << url;
        for (std::size_t begin = 0; begin <= path.size();) {
            const std::size_t end = std::min(path.find('/', begin), path.size());
            const std::string name = path.substr(begin, end - begin);
            ASSERT_FALSE(name.empty() || name.front() == '.') << url << " " << path;
            ASSERT_LE(name.size(), kMaxFileName) << url;
            ASSERT_EQ(name.find('\\'), std::string::npos) << url;
            begin = end + 1;
        }
    }
}

}  // namespace
}  // namespace runnel
