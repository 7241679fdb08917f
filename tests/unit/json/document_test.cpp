#include "json/document.hpp"

#include <string>
#include <string_view>

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace runnel {
namespace {

using namespace std::string_literals;

JsonValue parsed(std::string_view text) {
    Result<JsonValue> value = parse_json_document(text);
    EXPECT_TRUE(value.ok()) << text << ": " << value.error().message();
    return value.ok() ? *value : JsonValue();
}

/// Returns the error message for a text; empty if it is valid.
std::string refusal(std::string_view text) {
    const Result<JsonValue> value = parse_json_document(text);
    if (value.ok()) {
        return "";
    }
    EXPECT_EQ(value.error().error_class(), ErrorClass::BadInput);
    return value.error().message();
}

std::string compact(std::string_view text) {
    std::string out;
    append_json(parsed(text), out);
    return out;
}

std::string place(const TextPosition& where) {
    return fmt::format("{}:{}", where.line, where.column);
}

TEST(JsonDocument, ReturnsEveryKindOfValue) {
    const JsonValue root = parsed(R"([null, true, false, -1.50e+3, "a\n\u00e9", [], {}])");
    ASSERT_EQ(root.kind, JsonValue::Kind::Array);
    ASSERT_EQ(root.items.size(), 7U);
    EXPECT_EQ(root.items[0].kind, JsonValue::Kind::Null);
    EXPECT_TRUE(root.items[1].truth);
    EXPECT_EQ(root.items[2].kind, JsonValue::Kind::Boolean);
    EXPECT_FALSE(root.items[2].truth);
    EXPECT_EQ(root.items[3].kind, JsonValue::Kind::Number);
    EXPECT_EQ(root.items[3].text, "-1.50e+3");
    EXPECT_EQ(root.items[4].kind, JsonValue::Kind::String);
    EXPECT_EQ(root.items[4].text, "a\n\xC3\xA9");
    EXPECT_EQ(root.items[5].kind, JsonValue::Kind::Array);
    EXPECT_EQ(root.items[6].kind, JsonValue::Kind::Object);
}

TEST(JsonDocument, KeepsANumberOfAnyLength) {
    EXPECT_EQ(parsed("123456789012345678901234567890.0").text, "123456789012345678901234567890.0");
    EXPECT_EQ(parsed("[1e400]").items[0].text, "1e400");
}

TEST(JsonDocument, KeepsMembersInTheirOrder) {
    const JsonValue root = parsed(R"({"b": 1, "a": {"b": 2}, "": 3})");
    ASSERT_EQ(root.members.size(), 3U);
    EXPECT_EQ(root.members[0].name, "b");
    EXPECT_EQ(root.members[1].name, "a");
    EXPECT_EQ(root.members[1].value.members[0].value.text, "2");
    EXPECT_EQ(root.members[2].name, "");
}

TEST(JsonDocument, ReportsWhereEachValueAndNameBegins) {
    const JsonValue root =
        parsed(" {\n  \"a\" : [1,\n\t\"x\\n\"\n , true],\r\n\"b\":{ } , \"c\":null}");
    EXPECT_EQ(place(root.where), "1:2");
    EXPECT_EQ(place(root.members[0].where), "2:3");
    const JsonValue& array = root.members[0].value;
    EXPECT_EQ(place(array.where), "2:9");
    EXPECT_EQ(place(array.items[0].where), "2:10");
    EXPECT_EQ(place(array.items[1].where), "3:2");
    EXPECT_EQ(place(array.items[2].where), "4:4");
    EXPECT_EQ(place(root.members[1].where), "5:1");
    EXPECT_EQ(place(root.members[1].value.where), "5:5");
    EXPECT_EQ(place(root.members[2].where), "5:11");
    EXPECT_EQ(place(root.members[2].value.where), "5:15");
}

TEST(JsonDocument, CountsCharactersAndNotBytes) {
    EXPECT_EQ(place(parsed("[\"\xC3\xA9\xE2\x82\xAC\", 1]").items[1].where), "1:8");
}

TEST(JsonDocument, IgnoresSeparatorsInsideStrings) {
    const JsonValue root = parsed(R"({",:": ",: \" ]", "b": 2})");
    EXPECT_EQ(place(root.members[1].where), "1:19");
}

TEST(JsonDocument, ReportsThePlaceOfASyntaxError) {
    EXPECT_EQ(refusal("{\n  \"a\": 1\n  \"b\": 2}").substr(0, 21), "3:3: not valid JSON: ");
    EXPECT_EQ(refusal("[1,]").substr(0, 21), "1:4: not valid JSON: ");
    EXPECT_EQ(refusal("").substr(0, 21), "1:1: not valid JSON: ");
    EXPECT_EQ(refusal("{} x").substr(0, 5), "1:4: ");
    EXPECT_EQ(refusal("[1, // comment\n 2]").substr(0, 5), "1:5: ");
    EXPECT_EQ(refusal("{'a': 1}").substr(0, 5), "1:2: ");
    EXPECT_EQ(refusal("[01]").substr(0, 5), "1:2: ");
    EXPECT_EQ(refusal("[NaN]").substr(0, 5), "1:2: ");
    EXPECT_EQ(refusal("[\n \"no end").substr(0, 5), "2:2: ");
    EXPECT_NE(refusal("[1").back(), '.') << "as in other messages";
}

TEST(JsonDocument, RefusesBytesThatAreNotJson) {
    EXPECT_NE(refusal("\"\xFF\""), "");
    EXPECT_NE(refusal("\"\xED\xA0\x80\""), "");
    EXPECT_NE(refusal("\"a\nb\""), "");
    EXPECT_EQ(refusal("[1]\n\0[2]"s), "2:1: not valid JSON: unexpected text after the value");
    EXPECT_NE(refusal("[\0]"s), "");
    EXPECT_NE(refusal("\0"s), "");
    EXPECT_EQ(refusal(R"({"a": 1, "b": ["\ud800"]})").substr(0, 22), "1:16: not valid JSON: ");
    EXPECT_EQ(refusal(R"({"a": 1, "\udc00": 1})").substr(0, 22), "1:10: not valid JSON: ");
}

TEST(JsonDocument, RefusesARepeatedNameInAnObject) {
    EXPECT_EQ(refusal("{\"a\": 1,\n \"b\": 2, \"\\u0061\": 3}"),
              "2:10: \"a\" is repeated in this object: remove one");
    EXPECT_EQ(refusal(R"([{"a": 1}, {"a": {"a": 2}}])"), "");
}

TEST(JsonDocument, RefusesDeepNesting) {
    const std::string deep(1024, '[');
    EXPECT_EQ(refusal(deep + std::string(1024, ']')), "");
    EXPECT_EQ(refusal(deep + "[" + std::string(1025, ']')).substr(0, 24),
              "1:1025: not valid JSON: ");
    EXPECT_EQ(refusal(std::string(1'000'000, '[')).substr(0, 24), "1:1025: not valid JSON: ");
}

TEST(JsonDocument, WritesAValueWithoutWhiteSpace) {
    EXPECT_EQ(
        compact(
            " { \"a\" : [ 1.0 , 2e5, null ] ,\n \"b\\\"\" : { \"c\" : true , \"d\": false } } "),
        R"({"a":[1.0,2e5,null],"b\"":{"c":true,"d":false}})");
    EXPECT_EQ(compact("[]"), "[]");
    EXPECT_EQ(compact("\"\\u000a\\u00e9\""), "\"\\n\xC3\xA9\"");
}

TEST(JsonDocument, FindsTheValueOfAPointer) {
    const JsonValue document =
        *parse_json_document(R"({"a": {"b/c": [1, {"d": "x\ty"}]}, "": null, "0": true})");
    const auto found = [&document](std::string_view pointer) {
        const JsonValue* value = find_value(document, *JsonPointer::parse(pointer));
        return value == nullptr ? "nothing" : plain_text(*value);
    };
    EXPECT_EQ(found("/a/b~1c/1/d"), "x\ty");
    EXPECT_EQ(found("/a/b~1c"), R"([1,{"d":"x\ty"}])");
    EXPECT_EQ(found("/a/b~1c/0"), "1");
    EXPECT_EQ(found("/"), "null");
    EXPECT_EQ(found("/0"), "true");
    EXPECT_EQ(found("/a/b~1c/2"), "nothing");
    EXPECT_EQ(found("/a/b"), "nothing");
    EXPECT_EQ(found("/0/0"), "nothing");
    EXPECT_EQ(found("").front(), '{');
}

}  // namespace
}  // namespace runnel
