#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "pipeline/input.hpp"

namespace runnel {

/// A hash of what an input asks for: equal for inputs that ask for the same, in this and in later
/// runs, wherever they are in the input. XXH3, 128 bits, so that collisions are negligible among a
/// billion inputs.
class Identity {
public:
    Identity() = default;
    /// Hashes method, URL, headers of the line (names in lower case), body and id; or the text of
    /// an input that is not a request. Headers of the whole run do not count.
    [[nodiscard]] static Identity of(const Input& input);
    [[nodiscard]] static Identity of_line(std::string_view line);
    /// Parses the output of to_string(). Returns nullopt for any other text.
    [[nodiscard]] static std::optional<Identity> parse(std::string_view text);

    [[nodiscard]] std::string to_string() const;
    [[nodiscard]] std::uint64_t low() const noexcept { return low_; }
    [[nodiscard]] bool operator==(const Identity&) const = default;

private:
    Identity(std::uint64_t high, std::uint64_t low) noexcept : high_(high), low_(low) {}

    std::uint64_t high_ = 0;
    std::uint64_t low_ = 0;
};

/// Identifies one input of a run. Inputs with the same identity are numbered from 1.
struct JournalKey {
    Identity identity;
    std::uint64_t occurrence = 0;

    [[nodiscard]] bool operator==(const JournalKey&) const = default;
};

/// One line of a journal: a JSON object with the outcome of an input and
///
///     ,"delivered":true,"identity":"<32 hex>","occurrence":1,"job":7,"checksum":"<16 hex>"}
///
/// as its last members. `job` is only there if batches were delivered. The checksum is XXH3, 64
/// bits, of everything before its comma. It detects lines that are incomplete or were changed.
struct JournalEntry {
    JournalKey key;
    bool delivered = false;
    std::uint64_t job =
        0;  ///< Jobs of batches that had begun (RUNNEL_JOB_ID); 0 if there was none.

    /// Makes an entry of \a object, which is one JSON object with at least one member, followed by
    /// a newline.
    void seal(std::string& object) const;
    /// Reads \a line, without its newline. Returns nullopt if it is not an entry, or damaged.
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
