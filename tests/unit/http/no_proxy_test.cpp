#include "http/no_proxy.hpp"

#include <gtest/gtest.h>

namespace runnel::http {
namespace {

struct Case {
    const char* host;  ///< As returned by Url::host().
    const char* list;
    bool covered;
};

void expect_all(std::initializer_list<Case> cases) {
    for (const Case& each : cases) {
        EXPECT_EQ(NoProxy(each.list).covers(each.host), each.covered)
            << '"' << each.list << "\" and " << each.host;
    }
}

// The first five tables were measured with curl 7.88.1.

TEST(NoProxy, CoversANameAndItsSubdomains) {
    expect_all({
        {"example.com", "example.com", true},
        {"www.example.com", "example.com", true},
        {"a.b.example.com", "example.com", true},
        {"notexample.com", "example.com", false},
        {"example.com", "www.example.com", false},
        {"example.com", "ample.com", false},
        {"example.com", "com", true},
        {"com", "example.com", false},
        {"example.com", "example.org", false},
        {"example.com", "EXAMPLE.Com", true},
        {"localhost", "localhost", true},
        {"a.localhost", "localhost", true},
        {"127.0.0.1", "localhost", false},
        {"localhost", "127.0.0.1", false},
    });
}

TEST(NoProxy, IgnoresOneDotAtEitherEnd) {
    expect_all({
        {"example.com", ".example.com", true},
        {"www.example.com", ".example.com", true},
        {"x.com", ".com", true},
        {"example.com", "..example.com", false},
        {"example.com.", "example.com", true},
        {"example.com", "example.com.", true},
        {"example.com.", "example.com.", true},
        {"www.example.com.", ".example.com.", true},
        {"example.com", "example.com..", false},
        {"example.com", ".", false},
        {"com.", ".", false},
    });
}

TEST(NoProxy, SeparatesItemsByCommasAndBlanks) {
    expect_all({
        {"example.com", "", false},
        {"example.com", ",", false},
        {"example.com", " ,\t, ", false},
        {"example.com", "a.org,example.com", true},
        {"example.com", "a.org example.com", true},
        {"example.com", "a.org\texample.com", true},
        {"example.com", "a.org , example.com,b.org", true},
        {"example.com", ",,example.com,", true},
        {"example.com", " example.com ", true},
        {"a.org", "a.org,example.com", true},
        {"b.org", "a.org,example.com", false},
        {"10.1.2.3", "a.org,10.1.2.3", true},
    });
}

TEST(NoProxy, CoversEverythingByAnAsteriskAlone) {
    expect_all({
        {"example.com", "*", true},
        {"10.1.2.3", "*", true},
        {"::1", "*", true},
        {"example.com", " *", false},
        {"example.com", "*,a.org", false},
        {"example.com", "a.org,*", false},
        {"www.example.com", "*.example.com", false},
    });
}

TEST(NoProxy, CoversAddressesAndNetworks) {
    expect_all({
        {"10.1.2.3", "10.1.2.3", true},
        {"10.1.2.3", "10.0.0.0/8", true},
        {"10.1.2.3", "10.255.255.255/8", true},
        {"11.1.2.3", "10.0.0.0/8", false},
        {"10.128.0.0", "10.128.0.0/9", true},
        {"10.127.0.0", "10.128.0.0/9", false},
        {"192.168.7.8", "192.168.0.0/16", true},
        {"10.1.2.3", "10.1.2.3/32", true},
        {"10.1.2.4", "10.1.2.3/32", false},
        {"10.1.2.3", "10.0.0.0/33", false},
        {"10.1.2.3", "10.0.0.0/-1", false},
        {"10.1.2.3", "10/8", false},
        {"10.1.2.3", "2.3", false},
        {"10.1.2.3", ".3", false},
        {"10.1.2.3", "10.1.2.3.", false},
        {"::1", "::1", true},
        {"::2", "::1", false},
        {"10.1.2.3", "::ffff:10.1.2.3", false},
        {"::ffff:10.1.2.3", "10.0.0.0/8", false},
        {"example.com", "example.com/8", false},
    });
}

TEST(NoProxy, DoesNotSupportPorts) {
    expect_all({
        {"example.com", "example.com:80", false},
        {"10.1.2.3", "10.1.2.3:80", false},
        {"::1", "[::1]:80", false},
    });
}

TEST(NoProxy, FollowsTheDocumentationWhereCurl788DoesNot) {
    expect_all({
        {"::1", "0:0::1", true},
        {"::1", "[::1]", true},
        {"fd00::1", "fd00::/8", true},
        {"fd00::1", "FD00::/8", true},
        {"fd00::1", "[fd00::]/8", true},
        {"fe80::1", "fe80::/10", true},
        {"fec0::1", "fe80::/10", false},
        {"2001:db8::1", "2001:db8::/33", true},
        {"2001:db8:8000::1", "2001:db8::/33", false},
        {"10.1.2.3", "0.0.0.0/0", true},
        {"::1", "::/0", true},
        {"10.1.2.3", "::/0", false},
        {"10.1.2.3", "10.0.0.0/8x", false},
        {"10.1.2.3", "10.1.2.3/", false},
    });
}

TEST(NoProxy, CoversNothingByDefault) { EXPECT_FALSE(NoProxy().covers("example.com")); }

}  // namespace
}  // namespace runnel::http
