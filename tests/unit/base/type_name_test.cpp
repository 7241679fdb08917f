#include "base/type_name.hpp"

#include <gtest/gtest.h>

#include <map>
#include <string>

namespace runnel {

struct Plain {
    struct Inner {};
};

namespace {

template <class T>
struct Box {
    struct Lid {};
};

TEST(TypeName, IsWithoutOurNamespaces) {
    EXPECT_EQ(type_name(typeid(Plain)), "Plain");
    EXPECT_EQ(type_name(typeid(Plain::Inner)), "Plain::Inner");
}

TEST(TypeName, IsWithoutTemplateArgumentsHoweverDeep) {
    using Nested = std::map<std::string, Box<int>>;
    EXPECT_EQ(type_name(typeid(Box<Nested>)), "Box");
    EXPECT_EQ(type_name(typeid(Box<Nested>::Lid)), "Box::Lid");
}

TEST(TypeName, OfOtherTypesIsAsItIsWritten) {
    EXPECT_EQ(type_name(typeid(int)), "int");
    EXPECT_EQ(type_name(typeid(void (*)(int))), "void (*)(int)");
}

TEST(TypeName, OfALambdaContainsItsFunction) {
    const auto lambda = [] {};
    EXPECT_NE(type_name(typeid(lambda)).find("OfALambdaContainsItsFunction"), std::string::npos);
}

}  // namespace
}  // namespace runnel
