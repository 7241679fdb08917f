// Entries of the journal: a round trip, and damage is found. The first byte tells whether it was
// delivered, the next sixteen the identity, then the place and the kind of the damage; the rest is
// the object.

#include "app/journal/journal_entry.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string>

#include "base/ensure.hpp"
#include "base/text.hpp"
#include "fuzz/fuzz_text.hpp"
#include "json/document.hpp"

namespace runnel {
namespace {

bool same(const JournalEntry& a, const JournalEntry& b) {
    return a.key == b.key && a.delivered == b.delivered;
}

std::string sealed(const JournalEntry& entry, std::string object) {
    object += '\n';
    entry.seal(object);
    RUNNEL_ENSURE(object.ends_with("\"}\n"), "not the end of an object");
    object.pop_back();
    return object;
}

void check_sealed(const JournalEntry& entry, const std::string& line) {
    const std::optional<JournalEntry> read = JournalEntry::read(line);
    RUNNEL_ENSURE(read && same(*read, entry), "read as another entry");
    for (const std::size_t cut : {std::size_t{1}, std::size_t{2}, line.size() / 2, line.size()}) {
        RUNNEL_ENSURE(!JournalEntry::read(line.substr(cut)) ||
                          same(*JournalEntry::read(line.substr(cut)), entry),
                      "the end of an entry is another entry");
        RUNNEL_ENSURE(!JournalEntry::read(line.substr(0, line.size() - cut)), "torn, but read");
    }
    RUNNEL_ENSURE(!JournalEntry::read(line + ' '), "read with a blank behind it");
    RUNNEL_ENSURE(!JournalEntry::read(line + line), "two entries are read as one");
}

void check_damaged(const JournalEntry& entry, std::string line, std::size_t place,
                   std::size_t change) {
    char& byte = line[place % line.size()];
    byte = static_cast<char>(static_cast<unsigned char>(byte) ^ change);
    const std::optional<JournalEntry> read = JournalEntry::read(line);
    // Only the case of a digit of the checksum makes no difference.
    RUNNEL_ENSURE(!read || (same(*read, entry) && change == 0x20), "damaged, but read");
}

/// Any bytes may be in the file.
void check_any(std::string_view line) {
    const std::optional<JournalEntry> entry = JournalEntry::read(line);
    const std::size_t members = line.rfind(",\"delivered\":");
    if (!entry) {
        return;
    }
    RUNNEL_ENSURE(members != std::string_view::npos, "an entry without members");
    const std::string again = sealed(*entry, std::string(line.substr(0, members)) + '}');
    RUNNEL_ENSURE(JournalEntry::read(again) && same(*JournalEntry::read(again), *entry),
                  "sealed again as another entry");
}

void check_identity(std::string_view text) {
    const std::optional<Identity> identity = Identity::parse(text);
    RUNNEL_ENSURE(!identity || identity->to_string() == lower_case(text), "another identity");
    const Identity hash = Identity::of_line(text);
    RUNNEL_ENSURE(Identity::parse(hash.to_string()) == hash, "an identity is not read again");
}

}  // namespace
}  // namespace runnel

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace runnel;
    std::string_view text = fuzz::as_text(data, size);
    check_any(text);
    check_identity(text);

    JournalEntry entry;
    entry.delivered = fuzz::take_byte(text) % 2 != 0;
    entry.key.identity = Identity::of_line(text.substr(0, 16));
    text.remove_prefix(std::min<std::size_t>(16, text.size()));
    const std::size_t place = fuzz::take_byte(text) * 256 + fuzz::take_byte(text);
    const std::size_t change = std::max<std::size_t>(fuzz::take_byte(text), 1);
    entry.key.occurrence = place;
    const std::string object = fmt::format("{{\"a\":{}}}", text);
    const std::string line = sealed(entry, object);
    RUNNEL_ENSURE(!is_valid_json(object) || is_valid_json(line), "an object is not JSON any more");
    check_sealed(entry, line);
    check_damaged(entry, line, place, change);
    return 0;
}
