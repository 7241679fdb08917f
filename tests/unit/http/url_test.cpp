#include "http/url.hpp"

#include <array>
#include <clocale>
#include <stdexcept>
#include <string>
#include <utility>

#include <gtest/gtest.h>

namespace runnel::http {
namespace {

/// Returns the error message for \a text, which must be refused.
std::string refusal(std::string_view text) {
    const Result<Url> url = Url::parse(text);
    if (url) {
        ADD_FAILURE() << "accepted: " << text;
        return "";
    }
    EXPECT_EQ(url.error().error_class(), ErrorClass::BadInput);
    const bool of_scheme = url.error().message().find("not http or https") != std::string::npos;
    EXPECT_EQ(url.error().code(), of_scheme ? 1 : 3);
    return url.error().message();
}

Url parsed(std::string_view text) {
    Result<Url> url = Url::parse(text);
    if (!url) {
        throw std::invalid_argument(url.error().message());
    }
    return std::move(*url);
}

std::string origin_of(std::string_view text) { return parsed(text).origin(); }

/// Resolves \a reference against \a base, or returns "redirect: " and the error message.
std::string resolved(std::string_view base, std::string_view reference) {
    const Result<Url> target = parsed(base).resolve(reference);
    if (target) {
        return target->text();
    }
    return std::string(to_string(target.error().error_class())) + ": " + target.error().message();
}

TEST(Url, IsSplitIntoItsParts) {
    const Url url = parsed("https://www.example.com:8443/path?query=1#fragment");
    EXPECT_EQ(url.text(), "https://www.example.com:8443/path?query=1#fragment");
    EXPECT_TRUE(url.is_https());
    EXPECT_EQ(url.host(), "www.example.com");
    EXPECT_EQ(url.port(), 8443);
    EXPECT_EQ(url.origin(), "https://www.example.com:8443");
}

TEST(Url, HasAFormWithoutTls) {
    EXPECT_EQ(parsed("https://u:p@a.test/x?y#z").in_clear(), "http://u:p@a.test/x?y#z");
    EXPECT_EQ(parsed("HTTPS://a.test").in_clear(), "http://a.test");
    EXPECT_EQ(parsed("https://a.test:443/x:443").in_clear(), "http://a.test/x:443");
    EXPECT_EQ(parsed("https://a.test:8443?x").in_clear(), "http://a.test:8443?x");
    EXPECT_EQ(parsed("https://[::443]/").in_clear(), "http://[::443]/");
    EXPECT_EQ(parsed("https://[::1]:443/").in_clear(), "http://[::1]/");
}

TEST(Url, KnowsTheDefaultPorts) {
    EXPECT_EQ(parsed("http://a").port(), 80);
    EXPECT_EQ(parsed("https://a").port(), 443);
    EXPECT_EQ(parsed("http://a:/").port(), 80);
    EXPECT_FALSE(parsed("http://a").is_https());
}

TEST(Url, AcceptsUnusualUrls) {
    for (const char* text :
         {"http://a", "http://a/", "http://a?q", "http://a#f", "http://127.0.0.1:1/",
          "http://a/%00%ff", "http://a/\xc3\xa9", "http://a/{b}|c[d]", "http://user:pw@a/",
          "http://a_b.c/", "http://a./", "http://xn--bcher-kva.example/", "HTTP://A/",
          "http://a:65535/", "http://a//b//../c"}) {
        EXPECT_TRUE(Url::parse(text).ok()) << text;
    }
    EXPECT_TRUE(Url::parse("http://a/" + std::string(100'000, 'x')).ok());
}

TEST(Url, HasOneOriginForAllSpellings) {
    EXPECT_EQ(origin_of("http://example.com/a"), "http://example.com:80");
    EXPECT_EQ(origin_of("HTTP://EXAMPLE.com:80/b?c"), origin_of("http://example.com/a"));
    EXPECT_EQ(origin_of("http://user:pw@example.com"), origin_of("http://example.com/a"));
    EXPECT_EQ(origin_of("http://example.com:0080/"), origin_of("http://example.com/"));
    EXPECT_NE(origin_of("https://example.com"), origin_of("http://example.com"));
    EXPECT_NE(origin_of("http://example.com:81"), origin_of("http://example.com"));
    EXPECT_NE(origin_of("http://www.example.com"), origin_of("http://example.com"));
    EXPECT_EQ(origin_of("http://0x7f.1/"), origin_of("http://127.0.0.1/"));
}

TEST(Url, ReadsIpv6Hosts) {
    const Url url = parsed("http://[::1]:8080/x");
    EXPECT_EQ(url.host(), "::1");
    EXPECT_EQ(url.port(), 8080);
    EXPECT_EQ(url.origin(), "http://[::1]:8080");
    EXPECT_EQ(origin_of("http://[0:0:0:0:0:0:0:1]:8080/"), url.origin());
}

/// libcurl expects names in the character set of the locale.
class CharacterSet {
public:
    explicit CharacterSet(const char* locale) : before_(std::setlocale(LC_CTYPE, nullptr)) {
        EXPECT_NE(std::setlocale(LC_CTYPE, locale), nullptr);
    }
    CharacterSet(const CharacterSet&) = delete;
    CharacterSet& operator=(const CharacterSet&) = delete;
    ~CharacterSet() { std::setlocale(LC_CTYPE, before_.c_str()); }

private:
    std::string before_;
};

TEST(Url, ConvertsInternationalNamesToAscii) {
    const CharacterSet utf8("C.UTF-8");
    const std::string name =
        "b\xc3\xbc"
        "cher.example";
    EXPECT_EQ(parsed("http://" + name + "/").host(), "xn--bcher-kva.example");
    EXPECT_EQ(origin_of("http://" + name), origin_of("http://xn--bcher-kva.example/"));
    EXPECT_EQ(origin_of("http://B\xc3\x9c"
                        "CHER.Example"),
              origin_of("http://xn--bcher-kva.example/"));
    const Result<Url> target = parsed("http://a/").resolve("http://" + name + "/x");
    ASSERT_TRUE(target.ok());
    EXPECT_EQ(target->host(), "xn--bcher-kva.example");
}

TEST(Url, RefusesHostsThatOnlyLookInternational) {
    const CharacterSet utf8("C.UTF-8");
    const std::pair<const char*, const char*> disguised[] = {
        {"①②⑦.⓪.⓪.①", "127.0.0.1"},
        {"%E2%91%A0②⑦.⓪.⓪.①", "127.0.0.1"},
        {"１２７.０.０.１", "127.0.0.1"},
        {"127。0。0。1", "127.0.0.1"},
        {"127.0.0.①", "127.0.0.1"},
        {"1\u00ad27.0.0.1", "127.0.0.1"},
        {"０x7f.1", "0x7f.1"},
        {"ｌｏｃａｌｈｏｓｔ", "localhost"},
        {"soft\u00adhyphen.example", "softhyphen.example"},
        {"user:pw@ｅxample.com:8080", "example.com"},
    };
    for (const auto& [host, meaning] : disguised) {
        const std::string why = refusal("http://" + std::string(host) + "/");
        EXPECT_NE(why.find("stands for " + std::string(meaning) + ":"), std::string::npos) << why;
        EXPECT_EQ(why.find("pw"), std::string::npos) << why;
    }
    const Result<Url> target = parsed("http://a/").resolve("//①②⑦.⓪.⓪.①/");
    ASSERT_FALSE(target);
    EXPECT_EQ(target.error().error_class(), ErrorClass::Redirect);
    for (const char* host : {"例え。jp", "fa\u00df.de", "☺.com", "b\u00fccher.example"}) {
        EXPECT_TRUE(Url::parse("http://" + std::string(host) + "/").ok()) << host;
    }
}

TEST(Url, ReportsWhatIsWrong) {
    EXPECT_NE(refusal("").find("an empty line"), std::string::npos);
    for (const char* text : {"http://a/b c", " http://a", "http://a\r", "http://a\tb", "http://a\n",
                             "http://a/\x7f", "a b"}) {
        EXPECT_NE(refusal(text).find("percent-encode"), std::string::npos) << text;
    }
    EXPECT_NE(refusal(std::string_view("http://a/\0b", 11)).find("percent-encode"),
              std::string::npos);
    for (const char* text : {"example.com", "localhost:8080/x", "a/b", "user@host:path",
                             "a.test/?u=http://b/", "a.test?u=http://b/", "a.test/#http://b"}) {
        EXPECT_NE(refusal(text).find("add https://"), std::string::npos) << text;
    }
    for (const char* text : {"word", "-K", "/etc/passwd", "--config"}) {
        EXPECT_NE(refusal(text).find("not a URL"), std::string::npos) << text;
    }
    for (const char* text : {"file:///etc/passwd", "ftp://a/", "gopher://a/", "ws://a", "x://a"}) {
        EXPECT_NE(refusal(text).find("is not http or https"), std::string::npos) << text;
    }
    EXPECT_NE(refusal("http://a:0/").find("port 0"), std::string::npos);
}

TEST(Url, IsRefusedWithABadHostOrPort) {
    for (const char* text : {"http://", "http:///", "http://:80/", "http://a:99999/",
                             "http://a:65536/", "http://a:-1/", "http://a:x/", "http://[::1/",
                             "http://[::g]/", "http://a%00b/", "http://a<b/", "http://@/"}) {
        EXPECT_NE(refusal(text), "") << text;
    }
}

TEST(Url, IsRefusedIfItsHostIsNotUtf8) {
    for (const char* host : {"\xff", "a.\xc3.example", "\xed\xa0\x80", "%ff%fe"}) {
        EXPECT_NE(refusal("http://" + std::string(host) + "/").find("not UTF-8"), std::string::npos)
            << host;
    }
    EXPECT_EQ(parsed("http://a/\xff").host(), "a");
}

TEST(Url, IsRefusedIfItIsTooLong) {
    const std::string longest = "http://a/" + std::string(kMaxUrl - 9, 'x');
    EXPECT_EQ(parsed(longest).text(), longest);
    EXPECT_NE(refusal(longest + "x").find("longer than 307200 bytes"), std::string::npos);
}

TEST(Url, ShowsOnlyTheBeginningOfALongRefusal) {
    const std::string message = refusal("ftp://" + std::string(100'000, 'x'));
    EXPECT_LT(message.size(), 400U);
    EXPECT_NE(message.find("xxx...\""), std::string::npos) << message;
}

TEST(Url, IsRedactedWithoutItsPassword) {
    EXPECT_EQ(parsed("http://a/b").redacted(), "http://a/b");
    EXPECT_EQ(parsed("http://user:pw@a/b").redacted(), "http://***@a/b");
    EXPECT_EQ(parsed("http://user@a/b").redacted(), "http://***@a/b");
    EXPECT_EQ(parsed("http://user:pw@a").redacted(), "http://***@a");
    EXPECT_EQ(parsed("http://u:p@a/x@y?z=@").redacted(), "http://***@a/x@y?z=@");
    EXPECT_EQ(parsed("http://u:p@a?z=@").redacted(), "http://***@a?z=@");
    EXPECT_EQ(parsed("http://u:p@a#@").redacted(), "http://***@a#@");
    EXPECT_EQ(parsed("http://a/x@y").redacted(), "http://a/x@y");
}

TEST(Url, HidesPasswordsInEverySpelling) {
    for (const char* text : {"http:///u:secret@a/b", "http://u:sec@ret@a/b", "http://u:secret@a",
                             "http://:secret@a/", "HTTP://u:secret@a/?x"}) {
        const Result<Url> url = Url::parse(text);
        const std::string shown = url ? url->redacted() : url.error().message();
        EXPECT_EQ(shown.find("secret"), std::string::npos) << shown;
        EXPECT_EQ(shown.find("ret@"), std::string::npos) << shown;
    }
}

TEST(Url, HidesPasswordsInErrors) {
    for (const char* text :
         {"http://u:secret@a:0/", "ftp://u:secret@a/", "http://u:secret@a:99999/",
          "http://u:secret@a/b c", "http://u:secret@"}) {
        EXPECT_EQ(refusal(text).find("secret"), std::string::npos) << refusal(text);
    }
}

class Reference {
public:
    const char* reference;
    const char* target;
};

TEST(Url, ResolvesReferences) {
    const std::array cases = {
        Reference{"http://other/x", "http://other/x"},
        Reference{"https://a/x", "https://a/x"},
        Reference{"//other:81/x", "http://other:81/x"},
        Reference{"/x", "http://a:8080/x"},
        Reference{"x", "http://a:8080/b/x"},
        Reference{"./x", "http://a:8080/b/x"},
        Reference{"../x", "http://a:8080/x"},
        Reference{"../../../x", "http://a:8080/x"},
        Reference{"?q", "http://a:8080/b/c?q"},
        Reference{"/x?q=1#f", "http://a:8080/x?q=1#f"},
    };
    for (const Reference& each : cases) {
        EXPECT_EQ(resolved("http://a:8080/b/c?old=1", each.reference), each.target)
            << each.reference;
    }
}

TEST(Url, EncodesInvalidCharactersOfAReference) {
    EXPECT_EQ(resolved("http://a/", "/x y"), "http://a/x%20y");
    EXPECT_EQ(resolved("http://a/", "http://b/x y?z w"), "http://b/x%20y?z+w");
    EXPECT_EQ(resolved("http://a/", "/caf\xc3\xa9"), "http://a/caf%c3%a9");
    EXPECT_EQ(resolved("http://a/", "/x%20y"), "http://a/x%20y");
}

TEST(Url, KeepsCredentialsOnlyForReferencesToTheSameOrigin) {
    EXPECT_EQ(resolved("http://u:p@a/b", "/c"), "http://u:p@a/c");
    EXPECT_EQ(resolved("http://u:p@a/b", "http://a/c"), "http://u:p@a/c");
    EXPECT_EQ(resolved("http://u%40:p%3a@a/b", "//A:80/c"), "http://u%40:p%3a@A:80/c");
    EXPECT_EQ(resolved("http://u@a/b", "http://a/c"), "http://u@a/c");
    EXPECT_EQ(resolved("http://u:p@a/b", "http://v:q@a/c"), "http://v:q@a/c");
    EXPECT_EQ(resolved("http://u:p@a/b", "http://v@a/c"), "http://v@a/c");
    EXPECT_EQ(resolved("http://u:p@a/b", "https://a/c"), "https://a/c");
    EXPECT_EQ(resolved("http://u:p@a/b", "http://a:8080/c"), "http://a:8080/c");
    EXPECT_EQ(resolved("http://u:p@a/b", "http://b/c"), "http://b/c");
    EXPECT_EQ(resolved("http://u:p@a/b", "//b/c"), "http://b/c");
}

TEST(Url, RefusesReferencesToOtherSchemes) {
    for (const char* reference : {"file:///etc/passwd", "ftp://a/b", "javascript://x/", "http://",
                                  "http://a:0/", "http://a:99999/", "//"}) {
        const std::string why = resolved("http://a/b", reference);
        EXPECT_EQ(why.substr(0, 10), "redirect: ") << reference << " leads to " << why;
    }
}

TEST(Url, ReturnsCurlsCodeForRefusedReferences) {
    const Url base = parsed("http://a/b");
    for (const char* reference : {"file:///etc/passwd", "ftp://a/b", "javascript:x", "mailto:x"}) {
        EXPECT_EQ(base.resolve(reference).error().code(), 1) << reference;
    }
    for (const char* reference : {"http://", "http://a:99999/", "http://[::1/", "/a\tb"}) {
        EXPECT_EQ(base.resolve(reference).error().code(), 3) << reference;
    }
}

TEST(Url, HidesPasswordsOfRefusedReferences) {
    for (const char* reference :
         {"http://u:secret@a:99999/", "//u:secret@a:x/", "ftp://u:secret@a/"}) {
        const std::string why = resolved("http://a/b", reference);
        EXPECT_EQ(why.substr(0, 10), "redirect: ") << why;
        EXPECT_EQ(why.find("secret"), std::string::npos) << why;
    }
}

TEST(WithoutUserinfo, HidesItInAnyText) {
    EXPECT_EQ(without_userinfo("http://u:p@a/b@c"), "http://***@a/b@c");
    EXPECT_EQ(without_userinfo("http:////u:p@a"), "http:////***@a");
    EXPECT_EQ(without_userinfo("//u:p@a/b"), "//***@a/b");
    EXPECT_EQ(without_userinfo("u:p@a/b"), "***@a/b");
    EXPECT_EQ(without_userinfo("http://u:p@"), "http://***@");
    for (const char* text : {"", "/", "http://", "http:///", "http://a", "http://a/x@y", "word"}) {
        EXPECT_EQ(without_userinfo(text), text);
    }
}

TEST(Url, CanBeResolvedRepeatedly) {
    Url url = parsed("http://a/");
    for (int i = 0; i < 5; ++i) {
        Result<Url> next = url.resolve("x" + std::to_string(i) + "/");
        ASSERT_TRUE(next.ok());
        url = std::move(*next);
    }
    EXPECT_EQ(url.text(), "http://a/x0/x1/x2/x3/x4/");
}

}  // namespace
}  // namespace runnel::http
