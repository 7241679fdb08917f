#include "http/framing.hpp"

#include <string>
#include <utility>

#include <gtest/gtest.h>

namespace runnel::http {
namespace {

/// Returns the error message; empty if the headers are valid for a body of three bytes.
std::string refusal(const Headers& headers, std::size_t body_size = 3) {
    const Result<void> valid = check_framing(headers, body_size);
    if (valid) {
        return "";
    }
    EXPECT_EQ(valid.error().error_class(), ErrorClass::BadInput);
    return valid.error().message();
}

TEST(CheckFraming, AcceptsHeadersThatDoNotConcernIt) {
    EXPECT_EQ(refusal({}), "");
    EXPECT_EQ(refusal({"Accept: text/plain", "X-A: 1", "X-A: 2", "X-B;", "User-Agent:"}), "");
    EXPECT_EQ(refusal({"Host: a.example", "Expect: 100-continue"}), "");
}

TEST(CheckFraming, AcceptsValuesThatAgreeWithIt) {
    for (const char* header :
         {"Connection: close", "connection: Keep-Alive", "TE: trailers", "Content-Length: 3"}) {
        EXPECT_EQ(refusal({header}), "") << header;
    }
    EXPECT_EQ(refusal({"Content-Length: 0"}, 0), "");
    EXPECT_EQ(refusal({"Content-Length:"}, 0), "");
}

TEST(CheckFraming, AcceptsHeadersThatAreLeftOut) {
    for (const char* header : {"Connection:", "TE:", "Transfer-Encoding:", "Upgrade:", "Host:"}) {
        EXPECT_EQ(refusal({header}), "") << header;
    }
}

TEST(CheckFraming, RefusesOthers) {
    const std::pair<const char*, const char*> cases[] = {
        {"Transfer-Encoding: chunked", "Transfer-Encoding"},
        {"TRANSFER-ENCODING;", "TRANSFER-ENCODING"},
        {"Upgrade: websocket", "Upgrade"},
        {"Connection: upgrade", "Connection"},
        {"Connection: close, close", "Connection"},
        {"Connection;", "Connection"},
        {"TE: trailers, gzip", "TE"},
        {"Content-Length: 2", "(3 bytes)"},
        {"Content-Length: 03", "(3 bytes)"},
        {"Content-Length: 3, 3", "(3 bytes)"},
        {"Content-Length: 0x3", "(3 bytes)"},
        {"Content-Length;", "(3 bytes)"},
        {"Content-Length:", "(3 bytes)"},
        {"Content Length: 3", "token"},
        {"Content-Length : 3", "token"},
        {": 3", "token"},
    };
    for (const auto& [header, named] : cases) {
        EXPECT_NE(refusal({header}).find(named), std::string::npos) << header;
    }
}

TEST(CheckFraming, RefusesASecondHostOrLength) {
    EXPECT_EQ(refusal({"Host: a", "X: 1", "HOST: a"}), "header Host is given twice");
    EXPECT_EQ(refusal({"Content-Length: 3", "content-length: 3"}),
              "header Content-Length is given twice");
}

}  // namespace
}  // namespace runnel::http
