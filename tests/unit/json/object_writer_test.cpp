#include "json/object_writer.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <limits>

namespace runnel {
namespace {

using namespace std::chrono_literals;

/// Returns the object that \a write writes.
template <class Write>
std::string written(Write write) {
    std::string out;
    JsonObjectWriter object(out);
    write(object);
    object.end();
    return out;
}

TEST(JsonObjectWriter, WritesAnEmptyObject) {
    EXPECT_EQ(written([](JsonObjectWriter& /*object*/) {}), "{}");
}

TEST(JsonObjectWriter, AppendsToTheString) {
    std::string out = "before ";
    JsonObjectWriter object(out);
    object.member("a", 1);
    object.end_line();
    EXPECT_EQ(out, "before {\"a\":1}\n");
}

TEST(JsonObjectWriter, WritesScalars) {
    const std::string text = "text";
    EXPECT_EQ(written([&text](JsonObjectWriter& object) {
                  object.member("string", text);
                  object.member("literal", "literal");
                  object.member("view", std::string_view(text));
                  object.member("pointer", text.c_str());
                  object.member("yes", true);
                  object.member("no", false);
                  object.member("byte", std::uint8_t{7});
                  object.member("least", std::numeric_limits<std::int64_t>::min());
                  object.member("most", std::numeric_limits<std::uint64_t>::max());
                  object.member("double", 0.5);
                  object.member("whole", 3.0);
                  object.null("null");
              }),
              R"({"string":"text","literal":"literal","view":"text","pointer":"text",)"
              R"("yes":true,"no":false,"byte":7,"least":-9223372036854775808,)"
              R"("most":18446744073709551615,"double":0.5,"whole":3,"null":null})");
}

TEST(JsonObjectWriter, WritesEmptyOptionalsAsNull) {
    EXPECT_EQ(written([](JsonObjectWriter& object) {
                  object.member("int", std::optional(1));
                  object.member("no_int", std::optional<int>());
                  object.member("text", std::optional<std::string>("a"));
                  object.member("no_text", std::optional<std::string>());
                  object.member("false", std::optional(false));
              }),
              R"({"int":1,"no_int":null,"text":"a","no_text":null,"false":false})");
}

TEST(JsonObjectWriter, WritesEmptyTextAsNullOnRequest) {
    EXPECT_EQ(written([](JsonObjectWriter& object) {
                  object.text_or_null("text", "a");
                  object.text_or_null("no_text", "");
                  object.member("empty", "");
              }),
              R"({"text":"a","no_text":null,"empty":""})");
}

TEST(JsonObjectWriter, EscapesValuesAndKeysThatAreNotLiterals) {
    const std::string key = "a\"b";
    EXPECT_EQ(written([&key](JsonObjectWriter& object) {
                  object.member(key, "c\\d\n");
                  object.member(std::string_view(key), "\xff");
              }),
              R"({"a\"b":"c\\d\n","a\"b":")"
              "\xEF\xBF\xBD\"}");
}

TEST(JsonObjectWriter, WritesRawJsonOnOneLine) {
    EXPECT_EQ(written([](JsonObjectWriter& object) {
                  object.raw("a", "[1, 2]");
                  object.raw("b", "[1,\r\n2]");
                  object.raw("c", "");
              }),
              R"({"a":[1, 2],"b":[1,  2],"c":null})");
}

TEST(JsonObjectWriter, WritesNumbersWithDecimals) {
    EXPECT_EQ(written([](JsonObjectWriter& object) {
                  object.fixed("two", 1.005, 2);
                  object.fixed("three", 2, 3);
                  object.fixed("nan", std::nan(""), 3);
                  object.member("infinite", std::numeric_limits<double>::infinity());
              }),
              R"({"two":1.00,"three":2.000,"nan":null,"infinite":null})");
}

TEST(JsonObjectWriter, WritesSeconds) {
    EXPECT_EQ(written([](JsonObjectWriter& object) {
                  object.seconds("zero", 0us);
                  object.seconds("micro", 1us);
                  object.seconds("more", 12'345'678us);
                  object.seconds("rounded", 1'999'999'999ns);
                  object.seconds("negative", -1s);
                  object.seconds("maybe", std::optional(1500ms));
                  object.seconds("none", std::optional<std::chrono::seconds>());
              }),
              R"({"zero":0.000000,"micro":0.000001,"more":12.345678,"rounded":2.000000,)"
              R"("negative":0.000000,"maybe":1.500000,"none":null})");
}

TEST(JsonObjectWriter, NestsObjectsAndArrays) {
    EXPECT_EQ(written([](JsonObjectWriter& object) {
                  object.begin_object("empty");
                  object.end_object();
                  object.begin_object("object");
                  object.member("a", 1);
                  object.member("b", 2);
                  object.end_object();
                  object.begin_array("none");
                  object.end_array();
                  object.begin_array("array");
                  object.item("a");
                  object.item(2);
                  object.begin_object();
                  object.member("b", 3);
                  object.end_object();
                  object.begin_object();
                  object.end_object();
                  object.item(std::nullopt);
                  object.end_array();
                  object.member("last", true);
              }),
              R"({"empty":{},"object":{"a":1,"b":2},"none":[],"array":["a",2,{"b":3},{},null],)"
              R"("last":true})");
}

TEST(JsonObjectWriter, WritesMoreThanItsBufferHolds) {
    std::string expected = "{";
    const std::string actual = written([&expected](JsonObjectWriter& object) {
        for (std::size_t size = 0; size < 5000; size += 371) {
            const std::string text(size, 'x');
            object.member("key", text);
            object.raw("raw", "\"" + text + "\"");
            object.member(text, size);
            expected += "\"key\":\"" + text + "\",\"raw\":\"" + text + "\",\"" + text +
                        "\":" + std::to_string(size) + ",";
        }
    });
    expected.back() = '}';
    EXPECT_EQ(actual, expected);
}

}  // namespace
}  // namespace runnel
