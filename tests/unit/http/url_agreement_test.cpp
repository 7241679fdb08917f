#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "http/url.hpp"
#include "support/curl_url_parts.hpp"

namespace runnel::http {
namespace {

constexpr std::size_t kUrls = 10'000;

const std::vector<std::string> kSeeds = {
    "http://a.test/",
    "https://www.example.com:8443/path?query=1#fragment",
    "http://user:pw@example.com/a/../b/./c",
    "http://user:p%40w@[::1]:8080/x",
    "http://[fe80::1%25eth0]/",
    "HTTPS://EXAMPLE.com.:0443/%7Ea",
    "http://127.0.0.1:1/",
    "http://0x7f.1/",
    "http://017700000001/",
    "http://2130706433:80?q",
    "http://a.test#f?x/y",
    "http://b\xc3\xbc"
    "cher.example/",
    "http://xn--bcher-kva.example/",
    "http://a%2eb/%2f",
    "http://@a.test/",
    "http://a:b:c@d.test:99/@x:1/",
    "http:///a.test/",
    "http://a.test\\b.test/",
    "ftp://a.test/",
    "h_t://a.test/",
    "//a.test/",
    "a.test/http://b.test",
};

/// Changes one or two bytes of \a text, mostly to bytes with a meaning in URLs.
std::string mutated(std::string text, std::mt19937& random) {
    constexpr std::string_view kBytes = ":/?#@[]%.\\-_+&=;,0149azAZxhtps~{}|^ \t\x7f\xc3\xbc";
    for (std::size_t left = 1 + random() % 2; left > 0; --left) {
        const std::size_t at = random() % (text.size() + 1);
        const char byte = kBytes[random() % kBytes.size()];
        switch (random() % 4) {
            case 0: text.insert(at, 1, byte); break;
            case 1: text.erase(at, 1); break;
            case 2: text.insert(at, kSeeds[random() % kSeeds.size()], random() % 8, 5); break;
            default: text.replace(at, 1, 1, byte); break;
        }
    }
    return text;
}

std::vector<std::string> mutated_urls() {
    std::mt19937 random(12);
    std::vector<std::string> urls;
    while (urls.size() < kUrls) {
        urls.push_back(mutated(kSeeds[random() % kSeeds.size()], random));
    }
    return urls;
}

/// Describes what Url::parse() makes of \a text: scheme, host and port, or the message.
std::string reading_of(const std::string& text) {
    const Result<Url> url = Url::parse(text);
    return url ? std::string(url->is_https() ? "https" : "http") + " " + url->host() + " " +
                     std::to_string(url->port())
               : url.error().message();
}

TEST(UrlAgreement, ReadsSchemeHostAndPortAsLibcurlDoes) {
    std::size_t both = 0;
    for (const std::string& text : mutated_urls()) {
        const std::optional<test::CurlUrlParts> curl = test::curl_url_parts(text);
        if (Url::parse(text) && curl) {
            EXPECT_EQ(reading_of(text), curl->scheme + " " + curl->host + " " + curl->port) << text;
            ++both;
        }
    }
    EXPECT_GT(both, kUrls / 4);
    EXPECT_LT(both, kUrls);
}

TEST(UrlAgreement, AcceptsNothingThatLibcurlRefuses) {
    for (const std::string& text : mutated_urls()) {
        EXPECT_TRUE(!Url::parse(text) || test::curl_url_parts(text)) << text;
    }
}

TEST(UrlAgreement, DoesNotDependOnTheOrder) {
    std::vector<std::string> urls = mutated_urls();
    std::vector<std::string> readings;
    std::ranges::transform(urls, std::back_inserter(readings), reading_of);
    for (std::size_t at = kUrls; at-- > 0;) {
        EXPECT_EQ(reading_of(urls[at]), readings[at]) << urls[at];
    }
}

}  // namespace
}  // namespace runnel::http
