#include "app/options/request_options.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "support/descriptors.hpp"
#include "support/parsed_options.hpp"

namespace runnel {
namespace {

using Arguments = std::vector<std::string>;

RequestOptions parse(Arguments arguments) {
    OptionSet set;
    RequestOptions options;
    describe_requests(set, options);
    test::parse(set, std::move(arguments));
    return options;
}

/// What \a arguments mean for every request.
RequestDefaults meaning(Arguments arguments) {
    Result<RequestDefaults> defaults = request_defaults(parse(std::move(arguments)), false);
    EXPECT_TRUE(defaults.ok()) << (defaults ? "" : defaults.error().message());
    return std::move(defaults).value();
}

/// Why \a arguments are refused, while they are parsed or after.
std::string refusal(Arguments arguments, bool stdin_is_taken = false) {
    try {
        const Result<RequestDefaults> defaults =
            request_defaults(parse(std::move(arguments)), stdin_is_taken);
        EXPECT_FALSE(defaults.ok()) << "accepted";
        return defaults ? "" : defaults.error().message();
    } catch (const test::Refused& error) {
        return error.what();
    }
}

/// The name of a file that holds \a content, for as long as this lives.
class NamedFile {
public:
    explicit NamedFile(std::string_view content) : file_(test::make_file(content)) {}
    [[nodiscard]] std::string name() const {
        return "/proc/self/fd/" + std::to_string(file_.get());
    }

private:
    UniqueFd file_;
};

/// Lets stdin be \a descriptor for as long as this lives.
class StdinIs {
public:
    explicit StdinIs(int descriptor) : before_(::dup(STDIN_FILENO)) {
        EXPECT_EQ(::dup2(descriptor, STDIN_FILENO), STDIN_FILENO);
    }
    StdinIs(const StdinIs&) = delete;
    StdinIs& operator=(const StdinIs&) = delete;
    ~StdinIs() { EXPECT_EQ(::dup2(before_.get(), STDIN_FILENO), STDIN_FILENO); }

private:
    UniqueFd before_;
};

TEST(RequestOptions, MeanAPlainGetByDefault) {
    const RequestDefaults defaults = meaning({});
    EXPECT_EQ(defaults.method, "");
    EXPECT_TRUE(defaults.headers.empty());
    EXPECT_FALSE(defaults.form);
    EXPECT_FALSE(parse({}).user_agent);
}

TEST(RequestOptions, NameTheMethod) {
    EXPECT_EQ(meaning({"-X", "PUT"}).method, "PUT");
    EXPECT_EQ(meaning({"--request=PURGE"}).method, "PURGE");
    EXPECT_EQ(meaning({"-I"}).method, "HEAD");
    EXPECT_EQ(meaning({"--head", "-X", "HEAD"}).method, "HEAD");
    EXPECT_EQ(meaning({"-X", "PUT", "-X", "PATCH"}).method, "PATCH");
    for (const char* method : {"", "A B", "G\nT", "GET:"}) {
        EXPECT_NE(refusal({"-X", method}).find("--request"), std::string::npos) << method;
    }
}

TEST(RequestOptions, RefuseAHeadThatIsSomethingElseToo) {
    EXPECT_NE(refusal({"-I", "-d", "a"}).find("--data"), std::string::npos);
    EXPECT_NE(refusal({"-X", "HEAD", "-d", ""}).find("--data"), std::string::npos);
    EXPECT_NE(refusal({"-I", "-X", "GET"}).find("--head"), std::string::npos);
}

TEST(RequestOptions, CollectHeaders) {
    EXPECT_EQ(meaning({"-H", "X-A: 1", "--header", "X-A:2", "-H", "Accept:", "-H", "X-B;"}).headers,
              (http::Headers{"X-A: 1", "X-A: 2", "Accept:", "X-B;"}));
    EXPECT_EQ(meaning({"-H", "-x: [1,2]"}).headers, (http::Headers{"-x: [1,2]"}));
}

TEST(RequestOptions, RefuseWhatIsNotAHeader) {
    for (const char* header : {"", "word", "A B: c", ": x", "A: b\r\nC: d"}) {
        const std::string why = refusal({"-H", header});
        EXPECT_TRUE(why.starts_with("--header: ")) << why;
    }
}

TEST(RequestOptions, ReadHeadersOfAFile) {
    const NamedFile file("X-A: 1\r\n\r\n  X-B: 2\n \nX-C;\nAccept:");
    EXPECT_EQ(meaning({"-H", "X: 0", "-H", "@" + file.name(), "-H", "Y: 9"}).headers,
              (http::Headers{"X: 0", "X-A: 1", "X-B: 2", "X-C;", "Accept:", "Y: 9"}));
}

TEST(RequestOptions, NameTheLineOfAFileThatIsNotAHeader) {
    const NamedFile file("X-A: 1\n\nsecret word\n");
    const std::string why = refusal({"-H", "@" + file.name()});
    EXPECT_TRUE(why.starts_with("--header: ")) << why;
    EXPECT_NE(why.find(file.name() + ", line 3"), std::string::npos) << why;
    EXPECT_EQ(why.find("secret"), std::string::npos) << why;
}

TEST(RequestOptions, JoinDataByAmpersands) {
    EXPECT_EQ(meaning({"-d", "a=1"}).form, "a=1");
    EXPECT_EQ(meaning({"-d", "a=1", "--data", "b=2", "-d", ""}).form, "a=1&b=2&");
    EXPECT_EQ(meaning({"-d", ""}).form, "");
    EXPECT_EQ(meaning({"-d", "{}"}).form, "{}");
    EXPECT_EQ(meaning({"-d", "[1,2]"}).form, "[1,2]");
    EXPECT_EQ(meaning({"-d", "-5"}).form, "-5");
}

TEST(RequestOptions, ReadDataOfAFileWithoutItsLineEnds) {
    const NamedFile file(std::string_view("one\r\ntwo\n\n\0three\r", 17));
    EXPECT_EQ(meaning({"-d", "x", "-d", "@" + file.name()}).form, "x&onetwothree");
}

TEST(RequestOptions, NameAFileThatCannotBeRead) {
    for (const char* option : {"--header", "--data"}) {
        EXPECT_EQ(refusal({option, "@/no/such/file"}),
                  std::string(option) + ": cannot read /no/such/file: No such file or directory");
        EXPECT_EQ(refusal({option, "@/tmp"}),
                  std::string(option) + ": cannot read /tmp: Is a directory");
        EXPECT_NE(refusal({option, "@"}).find(option), std::string::npos);
    }
}

TEST(RequestOptions, ReadStdinWhenNobodyElseDoes) {
    const UniqueFd content = test::make_file("a=1\nb=2\n");
    const StdinIs redirected(content.get());
    EXPECT_EQ(meaning({"-d", "@-"}).form, "a=1b=2");
}

TEST(RequestOptions, LeaveStdinToTheInput) {
    EXPECT_TRUE(refusal({"-d", "@-"}, true).starts_with("--data: stdin holds the URLs"));
    EXPECT_TRUE(refusal({"-H", "@-"}, true).starts_with("--header: stdin holds the URLs"));
}

TEST(RequestOptions, ReadStdinOnce) {
    EXPECT_NE(refusal({"-H", "@-", "-d", "@-"}).find("once"), std::string::npos);
    EXPECT_NE(refusal({"-d", "@-", "-d", "@-"}).find("once"), std::string::npos);
}

TEST(RequestOptions, NameTheUserAgent) {
    EXPECT_EQ(parse({"-A", "me/1"}).user_agent, "me/1");
    EXPECT_EQ(parse({"-A", ""}).user_agent, "");
    EXPECT_NE(refusal({"-A", "a\nB: c"}).find("--user-agent"), std::string::npos);
}

TEST(RequestOptions, AuthorizeAUser) {
    EXPECT_EQ(meaning({"-u", "Aladdin:open sesame"}).headers,
              (http::Headers{"Authorization: Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ=="}));
    EXPECT_EQ(meaning({"--user", "a:"}).headers, (http::Headers{"Authorization: Basic YTo="}));
    EXPECT_EQ(meaning({"-u", "a:b:c"}).headers, (http::Headers{"Authorization: Basic YTpiOmM="}));
}

TEST(RequestOptions, RefuseAUserWithoutAPasswordAndDoNotShowIt) {
    const std::string why = refusal({"-u", "secret"});
    EXPECT_NE(why.find("--user"), std::string::npos) << why;
    EXPECT_NE(why.find("USER:"), std::string::npos) << why;
    EXPECT_EQ(why.find("secret"), std::string::npos) << why;
}

TEST(RequestOptions, JoinCookies) {
    EXPECT_EQ(meaning({"-b", "a=1; b=2", "--cookie", "c=3"}).headers,
              (http::Headers{"Cookie: a=1; b=2; c=3"}));
    EXPECT_EQ(refusal({"-b", "a=1\nX: secret"}),
              "--cookie: the value of header Cookie contains a line end or a NUL byte");
}

TEST(RequestOptions, TakeACookieWithoutAnEqualsSignForAFile) {
    const RequestOptions options = parse({"-b", "jar", "-b", "a=1"});
    EXPECT_EQ(options.cookie_file, "jar");
    EXPECT_EQ(options.cookies, (Arguments{"a=1"}));
    EXPECT_EQ(parse({"-b", ""}).cookie_file, "");
    EXPECT_FALSE(parse({"-b", "a=1"}).cookie_file);
}

TEST(RequestOptions, LetHeadersWinOverTheOptionsForThem) {
    const Arguments others = {"-u", "a:b", "-b", "c=d"};
    for (const auto& own : {http::Headers{"authorization: x", "cookie: y"},
                            http::Headers{"Authorization:", "Cookie;"}}) {
        Arguments all = others;
        for (const std::string& header : own) {
            all.insert(all.end(), {"-H", header});
        }
        EXPECT_EQ(meaning(all).headers, own);
    }
}

TEST(RequestOptions, AcceptWhatCurlUsersType) {
    for (const char* habit : {"-s", "--silent", "-S", "--show-error", "-f", "--fail", "-L",
                              "--location", "-Z", "--parallel", "--compressed", "-sSfZL"}) {
        const RequestDefaults defaults = meaning({habit});
        EXPECT_EQ(defaults.method, "") << habit;
        EXPECT_TRUE(defaults.headers.empty()) << habit;
    }
}

}  // namespace
}  // namespace runnel
