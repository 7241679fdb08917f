#include "pipeline/request_maker.hpp"

#include <chrono>
#include <cstdlib>
#include <map>
#include <optional>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

namespace runnel {
namespace {

using namespace std::chrono_literals;

class RequestMakerTest : public testing::Test {
protected:
    [[nodiscard]] RequestMaker maker() const {
        return RequestMaker(policy, defaults, url_template);
    }
    [[nodiscard]] Input input(std::string text) const {
        return maker().make(std::move(text), "file", 7);
    }
    [[nodiscard]] http::Request request(std::string text) const {
        Input made = input(std::move(text));
        EXPECT_TRUE(made.request.ok())
            << made.text << ": " << (made.request ? "" : made.request.error().message());
        return std::move(made.request).value();
    }
    /// Returns why \a text is not a valid request.
    [[nodiscard]] std::string refusal(std::string text) const {
        const Input made = input(std::move(text));
        EXPECT_FALSE(made.request.ok()) << made.text;
        EXPECT_EQ(made.request.error().error_class(), ErrorClass::BadInput);
        return made.request.error().message();
    }
    /// Returns the request of \a text as a line.
    [[nodiscard]] std::string described(std::string text) const {
        const Input made = input(std::move(text));
        std::string line;
        append_json(maker().describe(made), line);
        line.pop_back();
        return line;
    }

    http::Policy policy;
    RequestDefaults defaults;
    std::optional<UrlTemplate> url_template;
};

/// Returns what a line means: its request, or why it has none.
std::string meaning(const Input& input) {
    if (!input.request) {
        return input.request.error().message();
    }
    const http::Request& request = *input.request;
    std::string text = request.method + ' ' + request.url.text() + ' ' + request.url.origin();
    for (const std::string& header : request.headers) {
        text += '\n' + header;
    }
    return text + '\n' + request.body;
}

TEST_F(RequestMakerTest, TakesALineForTheSameWhateverComesBefore) {
    const std::vector<std::string> lines = {"http://h/1",
                                            "https://u:p@h.example:8443/2?x=1#y",
                                            "HTTP://H",
                                            "<http://x.example/p>",
                                            "\"http://x.example/p\"",
                                            "[a](http://x.example/p)",
                                            "url=http://x.example/p",
                                            "h_t://host/",
                                            "1http://x/",
                                            "//x.example/p",
                                            "/p",
                                            "p",
                                            "?q",
                                            "#f",
                                            "http:/x/p",
                                            "http:x",
                                            "ftp://x/p",
                                            "http:///p",
                                            "http://",
                                            "x.example/p",
                                            "\xef\xbb\xbfhttp://x.example/p",
                                            R"({"url":"<http://x.example/p>"})",
                                            R"({"url":"/p"})",
                                            R"({"url":"http://h","body":"x"})",
                                            R"({"url":"http://h/9","headers":{"A":"1"}})",
                                            R"({"url":"http://h/9","Headers":{}})",
                                            "{"};
    std::map<std::string, std::string> meanings;
    const char* const given = std::getenv("RUNNEL_SEED");  // NOLINT(concurrency-mt-unsafe)
    const auto begin = given != nullptr ? std::stoul(given) : std::random_device()();
    for (auto seed = begin; seed < begin + (given != nullptr ? 1 : 1000); ++seed) {
        std::mt19937 random(static_cast<unsigned>(seed));
        for (int i = 0; i < 40; ++i) {
            const std::string& line = lines[random() % lines.size()];
            const std::string found = meaning(input(line));
            const auto& known = meanings.try_emplace(line, found).first->second;
            ASSERT_EQ(found, known) << line << "; RUNNEL_SEED=" << seed;
        }
    }
    EXPECT_EQ(meanings.size(), given != nullptr ? meanings.size() : lines.size());
}

TEST_F(RequestMakerTest, MakesAGetOfAUrl) {
    const Input made = input("http://a:81/b");
    ASSERT_TRUE(made.request.ok());
    EXPECT_EQ(made.text, "http://a:81/b");
    EXPECT_EQ(made.file_in, "file");
    EXPECT_EQ(made.line_number, 7U);
    EXPECT_EQ(made.id, "");
    EXPECT_EQ(made.extra, "");
    EXPECT_FALSE(made.expect);
    const http::Request& request = *made.request;
    EXPECT_EQ(request.method, "GET");
    EXPECT_EQ(request.url.text(), "http://a:81/b");
    EXPECT_TRUE(request.headers.empty());
    EXPECT_EQ(request.body, "");
    EXPECT_EQ(request.policy, &policy);
    EXPECT_FALSE(request.max_time);
}

TEST_F(RequestMakerTest, RefusesInvalidUrls) {
    for (const char* line :
         {"word", "two words", "ftp://a/", "a.example", "[1]", "\"http://a/\""}) {
        EXPECT_NE(refusal(line).find(line), std::string::npos) << line;
    }
}

TEST_F(RequestMakerTest, RefusesARequestThatIsTooLargeWithoutItsBody) {
    const std::string half(160'000, 'x');
    const auto line = [](const std::string& path, const std::string& value) {
        return R"({"url":"http://a/)" + path + R"(","headers":{"A":")" + value + "\"}}";
    };
    EXPECT_EQ(refusal(line(half, half)),
              "the URL and the headers have 320015 bytes, more than 307200");
    EXPECT_EQ(request(line(half, "x")).url.text().size(), 160'009U);
    EXPECT_EQ(request(R"({"url":"http://a/","body":")" + half + half + "\"}").body.size(),
              320'000U);
}

TEST_F(RequestMakerTest, AppliesTheMembersOfAJsonLine) {
    const Input made = input(
        R"( {"url":"http://a/","method":"PUT","headers":{"X-A":["1","2"],"X-B":""},"body":"x",)"
        R"("max_time":1.5,"expect":[404,"5xx"],"id":{"a": 1},"extra":[ 2 ],"type":"result"})");
    ASSERT_TRUE(made.request.ok()) << made.request.error().message();
    const http::Request& request = *made.request;
    EXPECT_EQ(request.url.text(), "http://a/");
    EXPECT_EQ(request.method, "PUT");
    EXPECT_EQ(request.headers, (http::Headers{"X-A: 1", "X-A: 2", "X-B;"}));
    EXPECT_EQ(request.body, "x");
    EXPECT_EQ(request.max_time, 1500ms);
    ASSERT_TRUE(made.expect);
    EXPECT_TRUE(made.expect->contains(404));
    EXPECT_TRUE(made.expect->contains(503));
    EXPECT_FALSE(made.expect->contains(200));
    EXPECT_EQ(made.id, R"({"a": 1})");
    EXPECT_EQ(made.extra, "[ 2 ]");
}

TEST_F(RequestMakerTest, PostsALineWithABody) {
    EXPECT_EQ(request(R"({"url":"http://a/","body":"x"})").method, "POST");
    EXPECT_EQ(request(R"({"url":"http://a/","body":""})").method, "POST");
    EXPECT_EQ(request(R"({"url":"http://a/","body":"x","method":"GET"})").method, "GET");
    EXPECT_EQ(request(R"({"url":"http://a/"})").method, "GET");
    const http::Request bytes = request(R"({"url":"http://a/","body_b64":"AP8="})");
    EXPECT_EQ(bytes.body, std::string("\0\xff", 2));
    EXPECT_TRUE(bytes.headers.empty());
}

TEST_F(RequestMakerTest, RefusesContradictoryMembers) {
    EXPECT_NE(refusal(R"({"url":"http://a/","method":"HEAD","body":"x"})").find("HEAD"),
              std::string::npos);
    EXPECT_NE(refusal(R"({"url":"http://a/","max_time":"soon"})").find("max_time"),
              std::string::npos);
    EXPECT_NE(refusal(R"({"url":"http://a/","expect":"2x"})").find("expect"), std::string::npos);
    EXPECT_NE(refusal(R"({"url":"ftp://a/"})").find("ftp"), std::string::npos);
    EXPECT_NE(refusal(R"({"url":"http://a/","headers":{"A":"x\r\nB: y"}})").find('A'),
              std::string::npos);
    EXPECT_NE(refusal(R"({"url":"http://a/","method":"A B"})").find("method"), std::string::npos);
    EXPECT_NE(refusal(R"({"method":"GET"})").find("url"), std::string::npos);
    EXPECT_NE(refusal(R"({"url":"http://a/")").find("JSON"), std::string::npos);
}

TEST_F(RequestMakerTest, KeepsIdAndExtraOfAnInvalidRequest) {
    for (const char* line : {R"({"id":7,"extra":{"x": "y"},"url":"ftp://a/"})",
                             R"({"id":7,"extra":{"x": "y"},"url":null})",
                             R"({"id":7,"extra":{"x": "y"},"url":"http://a/","method":"A B"})",
                             R"({"id":7,"extra":{"x": "y"},"url":"http://a/","expect":"x"})"}) {
        const Input made = input(line);
        EXPECT_FALSE(made.request.ok()) << line;
        EXPECT_EQ(made.id, "7") << line;
        EXPECT_EQ(made.extra, R"({"x": "y"})") << line;
    }
    EXPECT_EQ(input(R"({"id":7,)").id, "");
}

TEST_F(RequestMakerTest, AppliesTheDefaultsToEveryRequest) {
    defaults.method = "DELETE";
    defaults.headers = {"X-A: 1", "X-A: 2", "Accept:"};
    for (const char* line : {"http://a/", R"({"url":"http://a/"})"}) {
        const http::Request made = request(line);
        EXPECT_EQ(made.method, "DELETE");
        EXPECT_EQ(made.headers, defaults.headers);
    }
}

TEST_F(RequestMakerTest, SendsTheDefaultBodyAsAForm) {
    defaults.form = "a=1";
    const http::Request made = request("http://a/");
    EXPECT_EQ(made.method, "POST");
    EXPECT_EQ(made.body, "a=1");
    EXPECT_EQ(made.headers, (http::Headers{"Content-Type: application/x-www-form-urlencoded"}));
    defaults.method = "PUT";
    defaults.headers = {"content-type: text/plain"};
    EXPECT_EQ(request("http://a/").method, "PUT");
    EXPECT_EQ(request("http://a/").headers, defaults.headers);
}

TEST_F(RequestMakerTest, SendsAnEmptyForm) {
    defaults.form = "";
    EXPECT_EQ(request("http://a/").method, "POST");
    EXPECT_EQ(request("http://a/").headers.size(), 1U);
}

TEST_F(RequestMakerTest, PrefersTheLineToTheDefaults) {
    defaults.method = "PUT";
    defaults.headers = {"X-A: 1", "X-A: 2", "X-B: 3", "Authorization: Basic x"};
    defaults.form = "a=1";
    const http::Request made =
        request(R"({"url":"http://a/","method":"PATCH","headers":{"x-a":"9","Authorization":"y"},)"
                R"("body":"z"})");
    EXPECT_EQ(made.method, "PATCH");
    EXPECT_EQ(made.headers, (http::Headers{"X-B: 3", "x-a: 9", "Authorization: y"}));
    EXPECT_EQ(made.body, "z");
}

TEST_F(RequestMakerTest, RefusesADefaultBodyWithAHeadOfTheLine) {
    defaults.form = "a=1";
    EXPECT_NE(refusal(R"({"url":"http://a/","method":"HEAD"})").find("HEAD"), std::string::npos);
}

TEST_F(RequestMakerTest, RefusesHeadersThatChangeTheFraming) {
    const std::string begin = R"({"url":"http://a/","method":"POST","body":"abc","headers":{)";
    EXPECT_EQ(request(begin + R"("Content-Length":3,"Connection":"close"}})").headers.size(), 2U);
    for (const char* headers :
         {R"("Content-Length":0)", R"("Transfer-Encoding":"chunked")", R"("Host":["a","b"])"}) {
        EXPECT_EQ(refusal(begin + headers + "}}").substr(0, 7), "header ") << headers;
    }
}

TEST_F(RequestMakerTest, IgnoresADefaultLengthForALineWithABody) {
    defaults.headers = {"Content-Length: 3", "X-A: 1"};
    defaults.form = "abc";
    EXPECT_TRUE(http::has_header(request("http://a/").headers, "Content-Length"));
    for (const char* line :
         {R"({"url":"http://a/","body":"longer"})", R"({"url":"http://a/","body":""})"}) {
        EXPECT_EQ(request(line).headers, http::Headers{"X-A: 1"}) << line;
    }
}

TEST_F(RequestMakerTest, InsertsAnyLineIntoItsTemplate) {
    url_template = *UrlTemplate::parse("http://a/{}?q");
    for (const auto& [line, url] :
         {std::pair("x", "http://a/x?q"), std::pair("http://b/", "http://a/http%3A%2F%2Fb%2F?q"),
          std::pair("{\"url\":1}", "http://a/%7B%22url%22%3A1%7D?q")}) {
        const Input made = input(line);
        ASSERT_TRUE(made.request.ok()) << line;
        EXPECT_EQ(made.request->url.text(), url);
        EXPECT_EQ(made.text, line);
    }
}

TEST_F(RequestMakerTest, RefusesALineThatDoesNotFitItsTemplate) {
    url_template = *UrlTemplate::parse("http://{}/");
    EXPECT_NE(refusal("a b").find("http://a%20b/"), std::string::npos);
}

TEST_F(RequestMakerTest, DescribesARequestAsAnEquivalentLine) {
    EXPECT_EQ(described("http://a/"), R"({"url":"http://a/","method":"GET"})");
    const std::string line =
        R"({"url":"http://a/","method":"PUT","headers":{"X-A":["1","2"],"X-B":""},"body":"x",)"
        R"("max_time":"1.5","expect":"404,5xx","id":{"a": 1},"extra":[ 2 ]})";
    EXPECT_EQ(described(line), line);
    EXPECT_EQ(described(R"({"url":"http://a/","body_b64":"AP8="})"),
              R"({"url":"http://a/","method":"POST","body_b64":"AP8="})");
}

TEST_F(RequestMakerTest, DescribesTheDefaults) {
    defaults.headers = {"X-A: a:", "Accept:", "X-B;"};
    defaults.form = "a=1";
    const std::string line = R"({"url":"http://a/","method":"POST","headers":{"X-A":"a:","X-B":"",)"
                             R"("Content-Type":"application/x-www-form-urlencoded"},"body":"a=1"})";
    EXPECT_EQ(described("http://a/"), line);
    EXPECT_EQ(described(line), line);
}

TEST_F(RequestMakerTest, DescribesTheUrlOfATemplate) {
    url_template = *UrlTemplate::parse("http://a/{}");
    EXPECT_EQ(described("x y"), R"({"url":"http://a/x%20y","method":"GET"})");
}

TEST_F(RequestMakerTest, HidesSecrets) {
    defaults.headers = {"Authorization: secret", "COOKIE: secret", "Proxy-Authorization: secret",
                        "X-A: shown"};
    EXPECT_EQ(described("http://u:secret@a/"),
              R"({"url":"http://***@a/","method":"GET","headers":{"Authorization":"***",)"
              R"("COOKIE":"***","Proxy-Authorization":"***","X-A":"shown"}})");
}

TEST_F(RequestMakerTest, TakesHiddenSecretsFromTheDefaults) {
    defaults.headers = {"Authorization: secret", "Cookie: secret"};
    const http::Request made = request(
        R"({"url":"http://***@a/b","headers":{"authorization":"***","cookie":"***","X-A":"***"}})");
    EXPECT_EQ(made.url.text(), "http://a/b");
    EXPECT_EQ(made.headers, (http::Headers{"Authorization: secret", "Cookie: secret", "X-A: ***"}));
    EXPECT_EQ(request("http://***@a/").url.text(), "http://a/");
}

TEST_F(RequestMakerTest, RefusesHiddenSecretsWithoutADefault) {
    EXPECT_NE(refusal("http://***@a/").find("-u"), std::string::npos);
    EXPECT_NE(refusal(R"({"url":"http://a/","headers":{"Cookie":"***"}})").find("Cookie"),
              std::string::npos);
    defaults.headers = {"Cookie: x"};
    EXPECT_NE(refusal(R"({"url":"http://a/","headers":{"Authorization":"***"}})").find("Author"),
              std::string::npos);
}

TEST_F(RequestMakerTest, KeepsThreeStarsElsewhere) {
    EXPECT_EQ(request("http://a/***@b").url.text(), "http://a/***@b");
    EXPECT_EQ(request("http://***b@a/").url.text(), "http://***b@a/");
}

TEST_F(RequestMakerTest, HidesSecretsInErrors) {
    for (
        const char* line :
        {R"({"url":"ftp://u:secret@a/","headers":{"Authorization":"secret"},"body":"secret"})",
         R"({"url":"http://a/","headers":{"Authorization":"secret\n"}})",
         R"({"url":"http://a/","headers":{"Authorization":"secret"},"body":"secret","expect":1})"}) {
        EXPECT_EQ(refusal(line).find("secret"), std::string::npos) << refusal(line);
    }
}

}  // namespace
}  // namespace runnel
