#include "service/provider.hpp"

#include <string>

#include <gtest/gtest.h>

namespace runnel {
namespace {

std::string refusal(std::string_view text) {
    const Result<std::vector<Provider>> parsed = parse_providers(text, "p");
    if (parsed.ok()) {
        return "";
    }
    EXPECT_EQ(parsed.error().error_class(), ErrorClass::BadInput);
    return parsed.error().message();
}

/// The error for a provider with these members besides its name and URL.
std::string refused(std::string_view members) {
    return refusal(R"({"name": "a", "url": "https://a/", )" + std::string(members) + "}");
}

TEST(Providers, AreReadLineByLine) {
    const Result<std::vector<Provider>> parsed = parse_providers(
        "# ours\n\n"
        R"({"name": "a", "url": "https://a/ip"})"
        "\r\n"
        R"(  {"name": "b", "url": "https://b/", "format": "json", "pointer": "/x/y", "family": "ipv6"})",
        "p");
    ASSERT_TRUE(parsed.ok()) << parsed.error().message();
    ASSERT_EQ(parsed->size(), 2U);
    const Provider& plain = parsed->front();
    EXPECT_EQ(plain.name, "a");
    EXPECT_EQ(plain.url, "https://a/ip");
    EXPECT_EQ(plain.format, Provider::Format::Text);
    EXPECT_EQ(plain.family, http::Family::Any);
    EXPECT_EQ(*plain.extraction().extract(" 1.2.3.4\n"), "1.2.3.4");
    const Provider& json = parsed->back();
    EXPECT_EQ(json.family, http::Family::IPv6);
    EXPECT_EQ(*json.extraction().extract(R"({"x": {"y": "::1"}})"), "::1");
}

TEST(Providers, MayBeAnArray) {
    const Result<std::vector<Provider>> parsed = parse_providers(
        "\xef\xbb\xbf \n[{\"name\": \"a\", \"url\": \"https://a/\"},\n"
        " {\"name\": \"b\", \"url\": \"https://b/\"}]\n",
        "p");
    ASSERT_TRUE(parsed.ok()) << parsed.error().message();
    ASSERT_EQ(parsed->size(), 2U);
    EXPECT_EQ(parsed->back().name, "b");
    EXPECT_EQ(refusal("[\n 1]"), "p:2:2: a provider is an object, not a number");
    EXPECT_EQ(refusal("[{}").substr(0, 22), "p:1:4: not valid JSON:");
    EXPECT_EQ(refusal("[]"), "p: contains no providers");
}

TEST(Providers, AreWrittenAsTheyAreRead) {
    std::string written;
    for (const Provider& provider : builtin_providers()) {
        append_json(provider, written);
    }
    const Result<std::vector<Provider>> again = parse_providers(written, "p");
    ASSERT_TRUE(again.ok()) << again.error().message();
    std::string twice;
    for (const Provider& provider : *again) {
        append_json(provider, twice);
    }
    EXPECT_EQ(twice, written);
    EXPECT_NE(written.find(R"("format":"json","pointer":"/ip","family":"any"})"),
              std::string::npos);
    EXPECT_NE(written.find(R"("format":"text","pointer":null,"family":"ipv4"})"),
              std::string::npos);
}

TEST(Providers, ServeTheirFamily) {
    Provider provider;
    EXPECT_TRUE(provider.serves(http::Family::IPv4));
    EXPECT_TRUE(provider.serves(http::Family::Any));
    provider.family = http::Family::IPv6;
    EXPECT_TRUE(provider.serves(http::Family::IPv6));
    EXPECT_TRUE(provider.serves(http::Family::Any));
    EXPECT_FALSE(provider.serves(http::Family::IPv4));
}

TEST(Providers, ErrorsNameTheirPosition) {
    EXPECT_EQ(refusal("\n# no\n {\"name\": 1}"),
              "p:3:11: \"name\" needs a string such as "
              "\"ipify\", not a number");
    EXPECT_EQ(refusal("\n{,}").substr(0, 22), "p:2:2: not valid JSON:");
    EXPECT_EQ(refusal("\xef\xbb\xbf[1]"), "p:1:2: a provider is an object, not a number");
    EXPECT_EQ(refusal("1"), "p:1:1: a provider is an object, not a number");
    EXPECT_EQ(refusal("{}"), "p:1:1: a provider needs a \"name\" and a \"url\"");
    EXPECT_EQ(refusal(R"({"name": "a", "url": "http://a/"})"),
              "p:1:22: \"url\" must be an https URL");
    EXPECT_EQ(refusal(R"({"name": "a", "url": "a/"})").substr(0, 14), "p:1:22: \"url\" ");
    EXPECT_EQ(refused(R"("attr": "/ip")"),
              "p:1:36: unknown key \"attr\" (known: name, url, format, pointer, family)");
    EXPECT_EQ(refused(R"("format": "xml")"),
              "p:1:46: \"format\" must be text or json, not \"xml\"");
    EXPECT_EQ(refused(R"("family": "4")"),
              "p:1:46: \"family\" must be any, ipv4 or ipv6, not \"4\"");
    EXPECT_EQ(refused(R"("format": "json", "pointer": "ip")").substr(0, 17), "p:1:65: \"pointer\"");
    EXPECT_EQ(refused(R"("pointer": "/ip")"), "p:1:1: a \"pointer\" needs \"format\": \"json\"");
    EXPECT_EQ(refusal("# none\n\n"), "p: contains no providers");
}

}  // namespace
}  // namespace runnel
