#include "base/base64.hpp"

#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <utility>

#include <gtest/gtest.h>

namespace runnel {
namespace {

using namespace std::string_literals;

TEST(Base64, WritesAndReadsTheExamplesOfTheRfc) {
    const std::pair<std::string_view, std::string_view> examples[] = {{"", ""},
                                                                      {"f", "Zg=="},
                                                                      {"fo", "Zm8="},
                                                                      {"foo", "Zm9v"},
                                                                      {"foob", "Zm9vYg=="},
                                                                      {"fooba", "Zm9vYmE="},
                                                                      {"foobar", "Zm9vYmFy"}};
    for (const auto& [bytes, text] : examples) {
        EXPECT_EQ(to_base64(bytes), text);
        EXPECT_EQ(from_base64(text), bytes);
    }
    EXPECT_EQ(to_base64("\xfb\xff\xfe"), "+//+");
    EXPECT_EQ(from_base64("AAAA"), "\0\0\0"s);
}

TEST(Base64, RefusesOtherText) {
    for (const std::string_view text :
         {"Zg", "Zg=", "Z", "Z===", "====", "=", "==", "Zg==Zg==", "Zg==\n", "Zm9v\n", " Zm9v",
          "Zm 9", "Zm-_", "Zm9v=", "Zm9v====", "Z=g=", "Zm9=v", "\xC3\xBC\xC3\xBC"}) {
        EXPECT_EQ(from_base64(text), std::nullopt) << text;
    }
    EXPECT_EQ(from_base64("AAA\0"s), std::nullopt);
}

TEST(Base64, RefusesBitsBeyondTheLastByte) {
    EXPECT_EQ(from_base64("Zh=="), std::nullopt);
    EXPECT_EQ(from_base64("Zm9="), std::nullopt);
}

TEST(Base64, ReadsBackRandomBytes) {
    std::mt19937 random(2);
    for (int round = 0; round < 3000; ++round) {
        std::string bytes;
        for (std::size_t size = random() % 40; size > 0; --size) {
            bytes += static_cast<char>(random());
        }
        EXPECT_EQ(from_base64(to_base64(bytes)), bytes);
    }
}

TEST(Base64, ReadsEachTextAsTheBytesThatGiveIt) {
    std::mt19937 random(3);
    constexpr std::string_view kBytes = "AQgwZ+/9==";
    int read = 0;
    for (int round = 0; round < 20000; ++round) {
        std::string text;
        for (std::size_t size = 4 * (random() % 3); size > 0; --size) {
            text += kBytes[random() % kBytes.size()];
        }
        if (const std::optional<std::string> bytes = from_base64(text)) {
            EXPECT_EQ(to_base64(*bytes), text);
            ++read;
        }
    }
    EXPECT_GT(read, 1000);
}

}  // namespace
}  // namespace runnel
