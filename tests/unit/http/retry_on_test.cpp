#include "http/retry_on.hpp"

#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "http/resolver.hpp"

namespace runnel::http {
namespace {

RetryOn on(std::string_view list) {
    Result<RetryOn> parsed = RetryOn::parse(list);
    EXPECT_TRUE(parsed.ok()) << list << ": " << (parsed ? "" : parsed.error().message());
    return parsed ? *parsed : RetryOn();
}

Error failed(ErrorClass error_class) { return Error(error_class, "for a reason"); }

/// A temporary failure of a name server.
Error dns_again() { return lookup_error("a.test", Resolver::kTemporaryFailure); }

/// Returns the statuses that are retried.
std::vector<int> statuses_of(const RetryOn& reasons) {
    std::vector<int> statuses;
    for (int status = -1; status < 1100; ++status) {
        if (reasons.matches(failed(ErrorClass::HttpStatus), status)) {
            statuses.push_back(status);
        }
    }
    return statuses;
}

/// Returns the names of the classes that are retried.
std::string classes_of(const RetryOn& reasons) {
    std::string names;
    for (int i = 0; i <= static_cast<int>(ErrorClass::Internal); ++i) {
        const auto each = static_cast<ErrorClass>(i);
        if (each != ErrorClass::HttpStatus && reasons.matches(failed(each), 503)) {
            names += std::string(to_string(each)) + ' ';
        }
    }
    return names;
}

TEST(RetryOn, IsTransientFailuresByDefault) {
    const RetryOn reasons;
    EXPECT_EQ(classes_of(reasons), "connect timeout idle truncated ");
    EXPECT_EQ(statuses_of(reasons), (std::vector{408, 425, 429, 500, 502, 503, 504}));
    EXPECT_TRUE(reasons.matches(dns_again(), 0));
}

TEST(RetryOn, ParsesClassesByTheirNamesInTheRecord) {
    for (const char* name :
         {"connect", "tls", "timeout", "idle", "proxy", "protocol", "truncated", "dns", "decode"}) {
        const RetryOn reasons = on(name);
        EXPECT_EQ(classes_of(reasons), std::string(name) + ' ');
        EXPECT_EQ(statuses_of(reasons), std::vector<int>());
    }
}

TEST(RetryOn, ParsesStatusesClassesOfThemAndRanges) {
    EXPECT_EQ(statuses_of(on("429")), std::vector{429});
    EXPECT_EQ(statuses_of(on("500-502,429")), (std::vector{429, 500, 501, 502}));
    const std::vector<int> all = statuses_of(on("5xx"));
    EXPECT_EQ(all.size(), 100U);
    EXPECT_EQ(all.front(), 500);
    EXPECT_EQ(all.back(), 599);
    EXPECT_EQ(classes_of(on("5xx")), "");
}

TEST(RetryOn, DistinguishesTemporaryLookUpFailuresFromUnknownNames) {
    const Error unknown = lookup_error("a.test", "Name or service not known");
    EXPECT_TRUE(on("dns-again").matches(dns_again(), 0));
    EXPECT_FALSE(on("dns-again").matches(unknown, 0));
    EXPECT_TRUE(on("dns").matches(dns_again(), 0));
    EXPECT_TRUE(on("dns").matches(unknown, 0));
    EXPECT_FALSE(on("connect").matches(dns_again(), 0));
}

TEST(RetryOn, TreatsASlowLookUpAsATemporaryFailure) {
    const Error slow(ErrorClass::Dns, "a.test: the name look-up timed out",
                     /*CURLE_OPERATION_TIMEDOUT*/ 28);
    EXPECT_TRUE(on("dns-again").matches(slow, 0));
    const Error other(ErrorClass::Connect, "connected too late", 28);
    EXPECT_FALSE(on("dns-again").matches(other, 0));
}

TEST(RetryOn, ChecksTheStatusForUnexpectedStatusesOnly) {
    const RetryOn reasons = on("503");
    EXPECT_TRUE(reasons.matches(failed(ErrorClass::HttpStatus), 503));
    EXPECT_FALSE(reasons.matches(failed(ErrorClass::TooLarge), 503));
    EXPECT_FALSE(on("truncated").matches(failed(ErrorClass::HttpStatus), 503));
    EXPECT_TRUE(on("truncated").matches(failed(ErrorClass::Truncated), 200));
}

TEST(RetryOn, IsEveryRetryableFailureForAny) {
    const RetryOn reasons = on("any");
    EXPECT_EQ(classes_of(reasons), "dns connect tls timeout idle proxy protocol truncated decode ");
    EXPECT_EQ(statuses_of(reasons).size(), 900U);
    EXPECT_EQ(classes_of(on("any,429")), classes_of(reasons));
}

TEST(RetryOn, IgnoresSpacesAroundItems) {
    const RetryOn reasons = on(" connect ,  503 , dns-again");
    EXPECT_EQ(classes_of(reasons), "connect ");
    EXPECT_EQ(statuses_of(reasons), std::vector{503});
    EXPECT_TRUE(reasons.matches(dns_again(), 0));
}

TEST(RetryOn, NamesTheUnknownItem) {
    const auto expect_named = [](const std::string& list, const std::string& item) {
        const Result<RetryOn> parsed = RetryOn::parse(list);
        ASSERT_FALSE(parsed.ok()) << list;
        EXPECT_EQ(parsed.error().error_class(), ErrorClass::BadInput);
        EXPECT_EQ(parsed.error().message(),
                  '"' + item +
                      "\" cannot be retried: use connect, timeout, idle, truncated, tls, "
                      "proxy, protocol, dns, decode, dns-again, statuses such as 429 or 5xx, or "
                      "any");
    };
    expect_named("", "");
    expect_named("429,", "");
    expect_named(",429", "");
    expect_named("429,,503", "");
    for (const char* item :
         {"conect", "Connect", "6", "6000", "503-500", "5xx-6xx", "connect timeout", "all",
          // Permanent failures.
          "bad_input", "too_large", "redirect", "blocked", "http_status", "extract", "expect",
          "host_down", "deadline", "interrupted", "cancelled", "sink", "internal"}) {
        expect_named(item, item);
        expect_named(std::string("connect, ") + item + " ,429", item);
    }
}

}  // namespace
}  // namespace runnel::http
