#include "service/validator.hpp"

#include <string>

#include <gtest/gtest.h>

namespace runnel {
namespace {

/// The value, or the message of the error.
std::string check(std::string_view validator, const std::string& value) {
    const Result<Validator> parsed = Validator::parse(validator);
    EXPECT_TRUE(parsed.ok()) << validator;
    const Result<std::string> checked = parsed->check(value);
    EXPECT_TRUE(checked.ok() || checked.error().error_class() == ErrorClass::Expect);
    return checked ? *checked : checked.error().message();
}

TEST(Validator, NonEmptyRefusesTheEmptyValue) {
    EXPECT_EQ(check("nonempty", "x"), "x");
    EXPECT_EQ(check("nonempty", ""), "the value is empty");
}

TEST(Validator, JsonIsStrict) {
    EXPECT_EQ(check("json", R"({"a": [1]})"), R"({"a": [1]})");
    EXPECT_EQ(check("json", "{,}").substr(0, 15), "\"{,}\" is not JS");
}

TEST(Validator, AcceptsTheAddressesOfInetPton) {
    EXPECT_EQ(check("ip", "203.0.113.7"), "203.0.113.7");
    EXPECT_EQ(check("ip", "2001:db8::1"), "2001:db8::1");
    for (const char* text : {"0x7f.1", "127.1", "017.0.0.1", "1.2.3.4:80", "[::1]", "fe80::1%eth0",
                             "1.2.3", "1.2.3.256", "<html>", "", " 1.2.3.4"}) {
        EXPECT_EQ(check("ip", text), "\"" + std::string(text) + "\" is not an IP address");
    }
}

TEST(Validator, NormalisesAddresses) {
    EXPECT_EQ(check("ip", "2001:0DB8:0:0::1"), "2001:db8::1");
    EXPECT_EQ(check("ipv6", "2A00:0::5"), "2a00::5");
}

TEST(Validator, AnAddressHasAFamily) {
    EXPECT_EQ(check("ipv4", "192.168.0.1"), "192.168.0.1");
    EXPECT_EQ(check("ipv4", "2a00::1"), "\"2a00::1\" is not an IPv4 address");
    EXPECT_EQ(check("ipv6", "2a00::1"), "2a00::1");
    EXPECT_EQ(check("ipv6", "1.2.3.4"), "\"1.2.3.4\" is not an IPv6 address");
}

TEST(Validator, RefusesReservedAddressesAsPublic) {
    EXPECT_EQ(check("public-ip", "8.8.8.8"), "8.8.8.8");
    EXPECT_EQ(check("public-ip", "2a00::1"), "2a00::1");
    for (const char* text :
         {"10.1.2.3", "127.0.0.1", "169.254.1.1", "100.64.0.1", "203.0.113.7", "224.0.0.1",
          "fd00::1", "fe80::1", "::1", "2001:db8::1", "ff02::1", "::ffff:8.8.8.8"}) {
        EXPECT_EQ(check("public-ip", text),
                  "\"" + std::string(text) + "\" is not a public address");
    }
}

TEST(Validator, ARegexMatchesTheWholeValue) {
    EXPECT_EQ(check("regex:v[0-9]+", "v12"), "v12");
    EXPECT_EQ(check("regex:v[0-9]+", "v12x"), "\"v12x\" does not match v[0-9]+");
}

TEST(Validator, AbbreviatesLongValues) {
    const std::string page(1000, 'x');
    EXPECT_EQ(check("ip", page), "\"" + page.substr(0, 60) + "...\" is not an IP address");
}

TEST(Validator, RefusesUnknownValidators) {
    for (const char* text : {"", "IP", "address", "regex:("}) {
        const Result<Validator> parsed = Validator::parse(text);
        ASSERT_FALSE(parsed.ok()) << text;
        EXPECT_EQ(parsed.error().error_class(), ErrorClass::BadInput);
    }
    EXPECT_EQ(Validator::parse("address").error().message(),
              "\"address\" is not a validator: use nonempty, json, ip, ipv4, ipv6, public-ip or "
              "regex:RE");
}

}  // namespace
}  // namespace runnel
