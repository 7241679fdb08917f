#include "app/options/named_target.hpp"

#include <string>

#include <gtest/gtest.h>

namespace runnel {
namespace {

TEST(NamedTarget, HasANameInFrontOrIsItsOwn) {
    const auto parts = [](const std::string& text) {
        const NamedTarget source = NamedTarget::parse(text);
        return source.name + " | " + source.url;
    };
    EXPECT_EQ(parts("a=http://a/"), "a | http://a/");
    EXPECT_EQ(parts("ip api=http://a/?b=c"), "ip api | http://a/?b=c");
    EXPECT_EQ(parts("http://a/?b=c"), "http://a/?b=c | http://a/?b=c");
    EXPECT_EQ(parts("http://u:p@a/"), "http://***@a/ | http://u:p@a/");
    EXPECT_EQ(parts("=http://a/"), "=http://a/ | =http://a/");
    EXPECT_EQ(parts("a.example/?b=c"), "a.example/?b=c | a.example/?b=c");
}

}  // namespace
}  // namespace runnel
