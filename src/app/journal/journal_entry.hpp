#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "pipeline/input.hpp"

namespace runnel {

/// What an input asks for, as a number: equal for those that ask for the same, now and in later
/// runs, wherever they stand in the input. XXH3, 128 bits, of the parts with their lengths, so that
/// two of a billion differ with all but certainty.
class Identity {
public:
    Identity() = default;
    /// Method, URL, body and id; of an input that means no request, its text.
    [[nodiscard]] static Identity of(const Input& input);
    [[nodiscard]] static Identity of_line(std::string_view line);
    /// As to_string() wrote it.
    [[nodiscard]] static std::optional<Identity> parse(std::string_view text);

    [[nodiscard]] std::string to_string() const;
    [[nodiscard]] std::uint64_t low() const noexcept { return low_; }
    [[nodiscard]] bool operator==(const Identity&) const = default;

private:
    Identity(std::uint64_t high, std::uint64_t low) noexcept : high_(high), low_(low) {}

    std::uint64_t high_ = 0;
    std::uint64_t low_ = 0;
};

/// One input of a run among equals: the first of them in a run is 1.
struct JournalKey {
    Identity identity;
    std::uint64_t occurrence = 0;

    [[nodiscard]] bool operator==(const JournalKey&) const = default;
};

/// One line of a journal: an object that says what became of an input, with
///
///     ,"delivered":true,"identity":"<32 hex>","occurrence":1,"checksum":"<16 hex>"}
///
/// as its last members. The checksum is XXH3, 64 bits, of everything before its comma; so a line
/// that was not written to its end, or was changed, is told from one that was.
struct JournalEntry {
    JournalKey key;
    bool delivered = false;

    /// Makes an entry of \a object, which is one JSON object with at least one member, and a
    /// newline.
    void seal(std::string& object) const;
    /// \a line without its newline. Nothing: it is no entry, or damaged.
    [[nodiscard]] static std::optional<JournalEntry> read(std::string_view line);
};

}  // namespace runnel

template <>
struct std::hash<runnel::Identity> {
    std::size_t operator()(const runnel::Identity& identity) const noexcept {
        return identity.low();
    }
};

template <>
struct std::hash<runnel::JournalKey> {
    std::size_t operator()(const runnel::JournalKey& key) const noexcept {
        return key.identity.low() + key.occurrence;
    }
};
