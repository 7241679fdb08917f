#include "base/fnv.hpp"

#include <gtest/gtest.h>

namespace runnel {
namespace {

/// The published test vectors.
TEST(Fnv1a, MatchesThePublishedVectors) {
    EXPECT_EQ(fnv1a(""), 0xcbf29ce484222325U);
    EXPECT_EQ(fnv1a("a"), 0xaf63dc4c8601ec8cU);
    EXPECT_EQ(fnv1a("foobar"), 0x85944171f73967e8U);
}

}  // namespace
}  // namespace runnel
