#pragma once

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <concepts>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>

namespace runnel {

/// Appends one JSON object to a string. Members are written in the order of the calls:
///     JsonObjectWriter object(out);
///     object.member("name", name);              // strings, bool, integers, double, std::optional
///     object.seconds("time_total", time);       // 0.123456
///     object.begin_array("attempts");
///     object.item("a");                         // or begin_object() ... end_object()
///     object.end_array();
///     object.end_line();                        // or end(): without the newline
/// The string is complete after end() or end_line(), and must not be touched before. Keys are
/// string literals, written as they are, or any other string, which is escaped.
///
/// Small pieces are gathered on the stack, where copying a literal is a few instructions, because a
/// million records are written next to requests that take 17 us each. The cost of one record is
/// measured by tests/bench/record_benchmark.cpp.
class JsonObjectWriter {
public:
    explicit JsonObjectWriter(std::string& out) : out_(out) { put('{'); }
    JsonObjectWriter(const JsonObjectWriter&) = delete;
    JsonObjectWriter& operator=(const JsonObjectWriter&) = delete;
    ~JsonObjectWriter() = default;

    /// Writes a string (anything that converts to std::string_view), a bool, an integer, a double,
    /// std::nullopt, or an optional of these. Empty optionals, NaN and infinity are null.
    template <class Key, class Value>
    void member(const Key& key, const Value& value) {
        write_key(key);
        write(value);
    }

    template <class Key>
    void null(const Key& key) {
        member(key, std::nullopt);
    }

    /// An empty \a text is null.
    template <class Key>
    void text_or_null(const Key& key, std::string_view text) {
        write_key(key);
        if (text.empty()) {
            write(std::nullopt);
        } else {
            write_string(text);
        }
    }

    /// Writes \a json, which must be valid JSON, on one line: line ends become spaces. Empty text
    /// is null.
    template <class Key>
    void raw(const Key& key, std::string_view json) {
        write_key(key);
        write_raw(json);
    }

    /// A number with \a decimals digits after the point.
    template <class Key>
    void fixed(const Key& key, double value, int decimals) {
        write_key(key);
        write_fixed(value, decimals);
    }

    /// Seconds with six decimals. Negative durations are zero.
    template <class Key, class Rep, class Period>
    void seconds(const Key& key, std::chrono::duration<Rep, Period> span) {
        write_key(key);
        write_micros(std::chrono::round<std::chrono::microseconds>(span).count());
    }

    /// An empty \a span is null.
    template <class Key, class Span>
    void seconds(const Key& key, const std::optional<Span>& span) {
        if (span) {
            seconds(key, *span);
        } else {
            null(key);
        }
    }

    /// Opens an object as a member; the calls up to end_object() write its members.
    template <class Key>
    void begin_object(const Key& key) {
        write_key(key);
        open('{');
    }
    /// Opens an object as an item of an array.
    void begin_object() {
        separate();
        open('{');
    }
    void end_object() { close('}'); }

    /// Opens an array as a member. Its items are written with item() and begin_object().
    template <class Key>
    void begin_array(const Key& key) {
        write_key(key);
        open('[');
    }
    void end_array() { close(']'); }

    /// Writes one item of an array; for values see member().
    template <class Value>
    void item(const Value& value) {
        separate();
        write(value);
    }

    /// Completes the object.
    void end() {
        close('}');
        flush();
    }

    /// Completes the object and its line.
    void end_line() {
        close('}');
        put('\n');
        flush();
    }

private:
    static constexpr std::size_t kLongestNumber = 32;

    void flush() {
        out_.append(buffer_.data(), used_);
        used_ = 0;
    }

    /// Returns the place of the next \a size bytes; `used_` stays.
    char* reserve(std::size_t size) {
        if (size > buffer_.size() - used_) {
            flush();
        }
        return buffer_.data() + used_;
    }

    void put(char byte) {
        *reserve(1) = byte;
        ++used_;
    }

    template <std::size_t Size>
    void put_literal(const char (&text)[Size]) {
        std::memcpy(reserve(Size - 1), text, Size - 1);
        used_ += Size - 1;
    }

    void put_text(std::string_view text) {
        if (text.size() > buffer_.size()) {
            flush();
            out_.append(text);
            return;
        }
        std::copy(text.begin(), text.end(), reserve(text.size()));
        used_ += text.size();
    }

    void separate() {
        if (!first_) {
            put(',');
        }
        first_ = false;
    }

    void open(char bracket) {
        put(bracket);
        first_ = true;
    }

    void close(char bracket) {
        put(bracket);
        first_ = false;
    }

    template <std::size_t Size>
    void write_key(const char (&key)[Size]) {
        static_assert(Size + 4 < 1024, "a key is short");
        char* const begin = reserve(Size + 3);
        char* at = begin;
        *at = ',';
        at += first_ ? 0 : 1;
        *at++ = '"';
        std::memcpy(at, key, Size - 1);
        at += Size - 1;
        *at++ = '"';
        *at++ = ':';
        used_ += static_cast<std::size_t>(at - begin);
        first_ = false;
    }

    void write_key(std::string_view key) {
        separate();
        write_string(key);
        put(':');
    }

    template <class Value>
    void write(const Value& value) {
        if constexpr (std::is_convertible_v<const Value&, std::string_view>) {
            write_string(value);
        } else if constexpr (std::is_same_v<Value, std::nullopt_t>) {
            put_literal("null");
        } else if constexpr (std::is_same_v<Value, bool>) {
            if (value) {
                put_literal("true");
            } else {
                put_literal("false");
            }
        } else if constexpr (std::is_integral_v<Value>) {
            char* const begin = reserve(kLongestNumber);
            used_ += static_cast<std::size_t>(
                std::to_chars(begin, begin + kLongestNumber, value).ptr - begin);
        } else if constexpr (std::is_floating_point_v<Value>) {
            write_double(value);
        } else if (value) {
            write(*value);
        } else {
            write(std::nullopt);
        }
    }

    void write_string(std::string_view text);
    void write_raw(std::string_view json);
    void write_double(double value);
    void write_fixed(double value, int decimals);
    void write_micros(std::int64_t micros);

    std::string& out_;
    std::size_t used_ = 0;
    bool first_ = true;  ///< Whether the next member or item is the first of its object or array.
    std::array<char, 2048> buffer_;
};

}  // namespace runnel
