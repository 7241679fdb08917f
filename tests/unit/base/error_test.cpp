#include "base/error.hpp"

#include <gtest/gtest.h>

#include <array>
#include <set>
#include <string>
#include <string_view>
#include <type_traits>

namespace runnel {
namespace {

static_assert(!std::is_aggregate_v<Error>, "g++ 12 destroys aggregate temporaries twice");

struct Name {
    ErrorClass error_class;
    std::string_view name;
};

/// These names are stable because scripts depend on them.
constexpr std::array kNames = {
    Name{ErrorClass::BadInput, "bad_input"},
    Name{ErrorClass::Dns, "dns"},
    Name{ErrorClass::Connect, "connect"},
    Name{ErrorClass::Tls, "tls"},
    Name{ErrorClass::Timeout, "timeout"},
    Name{ErrorClass::Idle, "idle"},
    Name{ErrorClass::Proxy, "proxy"},
    Name{ErrorClass::Protocol, "protocol"},
    Name{ErrorClass::Truncated, "truncated"},
    Name{ErrorClass::TooLarge, "too_large"},
    Name{ErrorClass::Decode, "decode"},
    Name{ErrorClass::Redirect, "redirect"},
    Name{ErrorClass::Blocked, "blocked"},
    Name{ErrorClass::HttpStatus, "http_status"},
    Name{ErrorClass::Extract, "extract"},
    Name{ErrorClass::Expect, "expect"},
    Name{ErrorClass::HostDown, "host_down"},
    Name{ErrorClass::Deadline, "deadline"},
    Name{ErrorClass::Interrupted, "interrupted"},
    Name{ErrorClass::Cancelled, "cancelled"},
    Name{ErrorClass::Sink, "sink"},
    Name{ErrorClass::Internal, "internal"},
};

TEST(ErrorClass, HasStableNames) {
    for (const Name& each : kNames) {
        EXPECT_EQ(to_string(each.error_class), each.name);
    }
}

TEST(ErrorClass, HasADistinctNameForEach) {
    std::set<std::string_view> names;
    for (int i = 0; i <= static_cast<int>(ErrorClass::Internal); ++i) {
        names.insert(to_string(static_cast<ErrorClass>(i)));
    }
    EXPECT_EQ(names.size(), kNames.size());
}

TEST(ErrorClass, AnUnknownValueIsInternal) {
    EXPECT_EQ(to_string(static_cast<ErrorClass>(1000)), "internal");
}

TEST(Error, HoldsClassMessageAndCode) {
    const Error error(ErrorClass::Dns, "no such host", 6);
    EXPECT_EQ(error.error_class(), ErrorClass::Dns);
    EXPECT_EQ(error.message(), "no such host");
    EXPECT_EQ(error.code(), 6);
}

TEST(Error, HasTheCodeZeroByDefault) { EXPECT_EQ(Error(ErrorClass::Expect, "differs").code(), 0); }

TEST(Error, IsInternalByDefault) {
    const Error error;
    EXPECT_EQ(error.error_class(), ErrorClass::Internal);
    EXPECT_TRUE(error.message().empty());
}

}  // namespace
}  // namespace runnel
