#include "app/journal/journal_entry.hpp"

#include <fmt/format.h>

// Inlined, so that there is one shared library less to load at each start.
#define XXH_INLINE_ALL
#include <xxhash.h>

#include <algorithm>
#include <charconv>
#include <initializer_list>
#include <iterator>

#include "base/text.hpp"
#include "http/header.hpp"

namespace runnel {

namespace {

constexpr std::string_view kChecksum = ",\"checksum\":\"";
constexpr std::string_view kChecksumEnd = "\"}";
constexpr std::size_t kChecksumDigits = 16;
constexpr std::size_t kIdentityDigits = 32;
constexpr int kHexadecimal = 16;

std::optional<std::uint64_t> read_number(std::string_view text, int base) {
    std::uint64_t number = 0;
    const char* const end = text.data() + text.size();
    const auto read = std::from_chars(text.data(), end, number, base);
    const bool whole = read.ec == std::errc() && read.ptr == end;
    return whole ? std::optional(number) : std::nullopt;
}

/// Removes \a text from the beginning of \a rest. Returns false if \a rest does not begin with it.
bool skip(std::string_view& rest, std::string_view text) {
    const bool found = rest.starts_with(text);
    rest.remove_prefix(found ? text.size() : 0);
    return found;
}

/// Reads the members before the checksum, which was verified.
std::optional<JournalEntry> read_members(std::string_view rest) {
    JournalEntry entry;
    entry.delivered = skip(rest, ",\"delivered\":true");
    if (!entry.delivered && !skip(rest, ",\"delivered\":false")) {
        return std::nullopt;
    }
    if (!skip(rest, ",\"identity\":\"") || rest.size() < kIdentityDigits) {
        return std::nullopt;
    }
    const std::optional<Identity> identity = Identity::parse(rest.substr(0, kIdentityDigits));
    rest.remove_prefix(kIdentityDigits);
    if (!identity || !skip(rest, "\",\"occurrence\":")) {
        return std::nullopt;
    }
    constexpr std::string_view kJob = ",\"job\":";
    const std::size_t end = std::min(rest.find(kJob), rest.size());
    const std::optional<std::uint64_t> occurrence = read_number(rest.substr(0, end), 10);
    rest.remove_prefix(end);
    const bool has_job = skip(rest, kJob);
    const std::optional<std::uint64_t> job = has_job ? read_number(rest, 10) : 0;
    if (!occurrence || !job) {
        return std::nullopt;
    }
    entry.job = *job;
    entry.key = JournalKey{*identity, *occurrence};
    return entry;
}

/// Joins \a parts, each with its length, so that different lists give different texts.
std::string joined(std::initializer_list<std::string_view> parts) {
    std::string text;
    for (const std::string_view part : parts) {
        fmt::format_to(std::back_inserter(text), "{}:{}", part.size(), part);
    }
    return text;
}

/// Returns \a headers with names in lower case, sorted by them, because the order of different
/// headers means nothing.
http::Headers sorted_by_name(http::Headers headers) {
    for (std::string& header : headers) {
        const std::size_t size = http::header_name(header).size();
        header = lower_case(http::header_name(header)) + header.substr(size);
    }
    std::ranges::stable_sort(headers, {}, [](const std::string& header) {
        return std::string(http::header_name(header));
    });
    return headers;
}

}  // namespace

Identity Identity::of(const Input& input) {
    if (!input.request) {
        return of_line(input.text);
    }
    const http::Request& request = *input.request;
    std::string text = joined({request.method, request.url.text(), request.body, input.id});
    for (const std::string& header : sorted_by_name(input.headers)) {
        text += joined({header});
    }
    return of_line(text);
}

Identity Identity::of_line(std::string_view line) {
    const XXH128_hash_t hash = XXH3_128bits(line.data(), line.size());
    return {hash.high64, hash.low64};
}

std::optional<Identity> Identity::parse(std::string_view text) {
    if (text.size() != kIdentityDigits) {
        return std::nullopt;
    }
    const auto high = read_number(text.substr(0, kIdentityDigits / 2), kHexadecimal);
    const auto low = read_number(text.substr(kIdentityDigits / 2), kHexadecimal);
    return high && low ? std::optional(Identity(*high, *low)) : std::nullopt;
}

std::string Identity::to_string() const { return fmt::format("{:016x}{:016x}", high_, low_); }

void JournalEntry::seal(std::string& object) const {
    object.resize(object.size() - std::string_view("}\n").size());
    fmt::format_to(std::back_inserter(object), R"(,"delivered":{},"identity":"{}","occurrence":{})",
                   delivered, key.identity.to_string(), key.occurrence);
    if (job > 0) {
        fmt::format_to(std::back_inserter(object), ",\"job\":{}", job);
    }
    const std::uint64_t checksum = XXH3_64bits(object.data(), object.size());
    fmt::format_to(std::back_inserter(object), "{}{:016x}{}\n", kChecksum, checksum, kChecksumEnd);
}

std::optional<JournalEntry> JournalEntry::read(std::string_view line) {
    constexpr std::size_t kSeal = kChecksum.size() + kChecksumDigits + kChecksumEnd.size();
    if (line.size() < kSeal) {
        return std::nullopt;
    }
    const std::string_view sealed = line.substr(0, line.size() - kSeal);
    std::string_view seal = line.substr(sealed.size());
    if (!skip(seal, kChecksum) || seal.substr(kChecksumDigits) != kChecksumEnd ||
        read_number(seal.substr(0, kChecksumDigits), kHexadecimal) !=
            XXH3_64bits(sealed.data(), sealed.size())) {
        return std::nullopt;
    }
    const std::size_t members = sealed.rfind(",\"delivered\":");
    return members == std::string_view::npos ? std::nullopt : read_members(sealed.substr(members));
}

}  // namespace runnel
