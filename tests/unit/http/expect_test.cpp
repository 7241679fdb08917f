#include "http/expect.hpp"

#include <initializer_list>
#include <limits>
#include <string>

#include <gtest/gtest.h>

namespace runnel::http {
namespace {

/// Checks that \a list contains exactly the statuses from \a first to \a last.
void expect_exactly(std::string_view list, int first, int last) {
    const Result<StatusSet> set = StatusSet::parse(list);
    ASSERT_TRUE(set.ok()) << list << ": " << set.error().message();
    for (int status = -1; status < 1100; ++status) {
        EXPECT_EQ(set->contains(status), status >= first && status <= last) << list << status;
    }
}

TEST(StatusSet, IsTwoHundredsByDefault) {
    const StatusSet set;
    EXPECT_TRUE(set.contains(200));
    EXPECT_TRUE(set.contains(299));
    EXPECT_FALSE(set.contains(199));
    EXPECT_FALSE(set.contains(300));
    EXPECT_FALSE(set.contains(0));
}

TEST(StatusSet, ReadsSingleStatusesClassesAndRanges) {
    expect_exactly("404", 404, 404);
    expect_exactly("3xx", 300, 399);
    expect_exactly("4XX", 400, 499);
    expect_exactly("300-399", 300, 399);
    expect_exactly("204-204", 204, 204);
    expect_exactly("999", 999, 999);
}

TEST(StatusSet, JoinsTheItemsOfAList) {
    const Result<StatusSet> set = StatusSet::parse("200,204, 3xx ,500-503");
    ASSERT_TRUE(set.ok());
    for (const int status : {200, 204, 300, 399, 500, 503}) {
        EXPECT_TRUE(set->contains(status)) << status;
    }
    for (const int status : {201, 203, 205, 299, 400, 499, 504}) {
        EXPECT_FALSE(set->contains(status)) << status;
    }
}

TEST(StatusSet, AcceptsEveryStatusForAny) {
    expect_exactly("any", 100, 999);
    expect_exactly("200,any", 100, 999);
}

TEST(StatusSet, DoesNotContainOtherNumbers) {
    const Result<StatusSet> set = StatusSet::parse("any");
    ASSERT_TRUE(set.ok());
    EXPECT_FALSE(set->contains(std::numeric_limits<int>::min()));
    EXPECT_FALSE(set->contains(std::numeric_limits<int>::max()));
}

TEST(StatusSet, NamesTheBadItem) {
    const auto expect_named = [](std::string_view list, const std::string& item) {
        const Result<StatusSet> set = StatusSet::parse(list);
        ASSERT_FALSE(set.ok()) << list;
        EXPECT_EQ(set.error().error_class(), ErrorClass::BadInput);
        EXPECT_EQ(set.error().message(),
                  '"' + item + "\" is not a status: use 200, 2xx, 300-399 or any");
    };
    expect_named("", "");
    expect_named(" ", "");
    expect_named("200,", "");
    expect_named(",200", "");
    for (const char* item : {"20", "2000", "099", "0xx", "2x", "2xX", "xxx", "20x", "-200", "200-",
                             "300-200", "300-3xx", "200-299-300", "ok", "+200", "1e2", "2 00"}) {
        expect_named(item, item);
        expect_named(std::string("200,") + item + ",204", item);
    }
}

}  // namespace
}  // namespace runnel::http
