#pragma once

#include <cstddef>
#include <iterator>
#include <random>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace runnel::test {

/// A random JSON document and the values that an Extractor must find in it.
struct JsonSample {
    std::string text;
    /// The JSON Pointer of each value in the document, and the value as a text column.
    std::vector<std::pair<std::string, std::string>> places;
};

/// Builds documents from the outside in and records each value while it is written, so that the
/// expected values do not come from a parser. Documents contain no line ends.
class RandomJson {
public:
    explicit RandomJson(unsigned seed) : random_(seed) {}

    JsonSample next() {
        JsonSample sample;
        sample.text = space();
        sample.text += value("", 0, true, sample).first;
        sample.text += space();
        return sample;
    }

    std::size_t below(std::size_t limit) { return random_() % limit; }

private:
    /// As written, and without white space.
    using Texts = std::pair<std::string, std::string>;

    std::string space() {
        static constexpr std::string_view kSpaces[] = {"", "", "", "", " ", "\t", "\r", "  \t "};
        return std::string(kSpaces[below(std::size(kSpaces))]);
    }

    /// Returns a value at \a pointer; records it and the values below it if it is \a reachable.
    Texts value(const std::string& pointer, unsigned depth, bool reachable, JsonSample& sample) {
        const std::size_t kind = below(depth < 4 ? 10 : 6);
        const std::size_t slot = sample.places.size();
        if (reachable) {
            sample.places.emplace_back(pointer, "");
        }
        std::string column;
        Texts texts;
        if (kind < 3) {
            auto [json, plain] = string();
            texts = {json, json};
            column = escaped_column(plain);
        } else if (kind < 6) {
            static constexpr std::string_view kScalars[] = {"null",
                                                            "true",
                                                            "false",
                                                            "0",
                                                            "-0",
                                                            "12",
                                                            "-3.50",
                                                            "1e5",
                                                            "1E400",
                                                            "0.1e-7",
                                                            "18446744073709551616",
                                                            "123456789012345678901234567890"};
            column = kScalars[below(std::size(kScalars))];
            texts = {column, column};
        } else {
            texts = kind < 8 ? object(pointer, depth, reachable, sample)
                             : array(pointer, depth, reachable, sample);
            column = texts.second;
        }
        if (reachable) {
            sample.places[slot].second = column;
        }
        return texts;
    }

    Texts object(const std::string& pointer, unsigned depth, bool reachable, JsonSample& sample) {
        Texts texts("{" + space(), "{");
        std::vector<std::string> keys;
        for (std::size_t left = below(5); left > 0; --left) {
            auto [json, plain] = string();
            bool is_first = true;
            for (const std::string& key : keys) {
                is_first = is_first && key != plain;
            }
            const auto [written, compact] = value(pointer + '/' + escaped_token(plain), depth + 1,
                                                  reachable && is_first, sample);
            const std::string comma = keys.empty() ? "" : ",";
            texts.first += comma + space() + json + space() + ":" + space() + written + space();
            texts.second += comma + json + ":" + compact;
            keys.push_back(plain);
        }
        return {texts.first + "}", texts.second + "}"};
    }

    Texts array(const std::string& pointer, unsigned depth, bool reachable, JsonSample& sample) {
        Texts texts("[" + space(), "[");
        const std::size_t count = below(5);
        for (std::size_t index = 0; index < count; ++index) {
            const auto [written, compact] =
                value(pointer + '/' + std::to_string(index), depth + 1, reachable, sample);
            const std::string comma = index == 0 ? "" : ",";
            texts.first += comma + space() + written + space();
            texts.second += comma + compact;
        }
        return {texts.first + "]", texts.second + "]"};
    }

    /// Returns a string with its quotes, and its unescaped text. Made of few pieces, so that keys
    /// repeat.
    Texts string() {
        static constexpr std::pair<std::string_view, std::string_view> kPieces[] = {
            {"a", "a"},
            {"b", "b"},
            {"\\u0061", "a"},
            {"0", "0"},
            {"~", "~"},
            {"/", "/"},
            {"\\/", "/"},
            {"\\\"", "\""},
            {"\\\\", "\\"},
            {"\\u005C", "\\"},
            {"\\t", "\t"},
            {"\\n", "\n"},
            {"\\r", "\r"},
            {"\\u0009", "\t"},
            {"\\u000a", "\n"},
            {"{,}[:]", "{,}[:]"},
            {" ", " "},
            {"\xC3\xBC", "\xC3\xBC"},
            {"\\u00fc", "\xC3\xBC"},
            {"\\uD83d\\uDe00", "\xF0\x9F\x98\x80"},
            {"some longer text that fills more than a register",
             "some longer text that fills more "
             "than a register"}};
        Texts texts("\"", "");
        for (std::size_t left = below(4); left > 0; --left) {
            const auto& [json, plain] = kPieces[below(std::size(kPieces))];
            texts.first += json;
            texts.second += plain;
        }
        return {texts.first + "\"", texts.second};
    }

    static std::string replaced(std::string_view text, std::string_view bytes,
                                const std::vector<std::string_view>& by) {
        std::string out;
        for (const char byte : text) {
            const std::size_t at = bytes.find(byte);
            out += at == std::string_view::npos ? std::string_view(&byte, 1) : by[at];
        }
        return out;
    }
    static std::string escaped_token(std::string_view key) {
        return replaced(key, "~/", {"~0", "~1"});
    }
    static std::string escaped_column(std::string_view text) {
        return replaced(text, "\t\n\\", {"\\t", "\\n", "\\\\"});
    }

    std::mt19937 random_;
};

/// Changes one to three bytes of \a text, mostly to bytes with a meaning in JSON.
inline std::string mutated(std::string text, RandomJson& random) {
    static constexpr std::string_view kBytes = "\"\\{}[],:0-.eE+ntu \n\x01\x80\xff";
    for (std::size_t left = 1 + random.below(3); left > 0; --left) {
        const std::size_t at = random.below(text.size() + 1);
        const char byte = kBytes[random.below(kBytes.size())];
        switch (random.below(3)) {
            case 0: text.insert(at, 1, byte); break;
            case 1: text.erase(at, 1); break;
            default: text.replace(at, 1, 1, byte); break;
        }
    }
    return text;
}

}  // namespace runnel::test
