#pragma once

#include <rapidjson/memorystream.h>
#include <rapidjson/reader.h>

#include <optional>
#include <string_view>

namespace runnel::test {

/// Returns whether another parser takes \a text for JSON, or nullopt where it is known to be wrong.
inline std::optional<bool> rapidjson_accepts(std::string_view text) {
    rapidjson::MemoryStream stream(text.data(), text.size());
    rapidjson::Reader reader;
    rapidjson::BaseReaderHandler<> handler;
    constexpr unsigned kFlags = rapidjson::kParseIterativeFlag |
                                rapidjson::kParseNumbersAsStringsFlag |
                                rapidjson::kParseValidateEncodingFlag;
    const rapidjson::ParseResult result = reader.Parse<kFlags>(stream, handler);
    if (result.Code() == rapidjson::kParseErrorNumberTooBig ||
        result.Code() == rapidjson::kParseErrorStringUnicodeSurrogateInvalid) {
        return std::nullopt;
    }
    // It stops at a NUL byte.
    return !result.IsError() && stream.Tell() == text.size();
}

}  // namespace runnel::test
