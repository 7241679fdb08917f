#include "app/journal/journal_file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <optional>
#include <utility>

#include "base/system_error.hpp"
#include "io/line_cutter.hpp"
#include "io/named_file.hpp"

namespace runnel {

namespace {

/// Space reserved before anything starts, so that a full file system fails early (bytes).
constexpr off_t kReserved = off_t{64} << 10;
/// Minimum of entries before the journal is compacted.
constexpr std::uint64_t kCompactMinimum = 1000;
/// Threshold of entries per input above which the journal is compacted.
constexpr std::uint64_t kCompactAbove = 2;
/// Size of one read or write (bytes).
constexpr std::size_t kBlock = std::size_t{256} << 10;

/// Returns whether \a text can be the beginning of an entry, or is zeros left by a crash. If not,
/// the file is not a journal.
bool may_be_entry(std::string_view text) {
    constexpr std::string_view kBegin = "{\"type\":\"";
    const std::string_view begin = text.substr(0, kBegin.size());
    return begin == kBegin.substr(0, begin.size()) ||
           begin.find_first_not_of('\0') == std::string_view::npos;
}

bool same_file(int descriptor, const std::string& name) {
    struct stat open = {};
    struct stat named = {};
    return ::fstat(descriptor, &open) == 0 && ::stat(name.c_str(), &named) == 0 &&
           open.st_ino == named.st_ino && open.st_dev == named.st_dev;
}

}  // namespace

Result<void> JournalFile::open(const std::string& name, bool resume, Log& log) {
    if (name.empty()) {
        return {};
    }
    name_ = name;
    RUNNEL_TRY(lock());
    RUNNEL_TRY(check(log));
    RUNNEL_TRY(reserve_space());
    if (index_.entries() >= kCompactMinimum && index_.entries() > kCompactAbove * index_.inputs()) {
        const Result<void> compacted = compact(log);
        if (!compacted) {
            log.warn(compacted.error().message());  // the old file is equivalent
        }
    }
    if (!resume) {
        index_ = JournalIndex();
    }
    return {};
}

Result<void> JournalFile::lock() {
    do {
        file_ = UniqueFd(::open(name_.c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0600));
        if (!file_) {
            return cannot_write(errno);
        }
        struct stat kind = {};
        if (::fstat(file_.get(), &kind) != 0 || !S_ISREG(kind.st_mode)) {
            return Error(ErrorClass::Sink,
                         fmt::format("--journal: {} is not a regular file", name_));
        }
        if (::flock(file_.get(), LOCK_EX | LOCK_NB) != 0) {
            return errno == EWOULDBLOCK
                       ? Error(ErrorClass::Sink,
                               fmt::format("--journal: {} is in use by another run", name_),
                               EWOULDBLOCK)
                       : cannot_write(errno);
        }
        // The run that held the lock may have compacted the file meanwhile.
    } while (!same_file(file_.get(), name_));
    return {};
}

Result<void> JournalFile::check(Log& log) {
    std::uint64_t sound = 0;
    std::optional<std::uint64_t> bad;
    std::uint64_t bad_bytes = 0;
    const auto read = [&](const std::string& line, std::uint64_t number) -> Result<void> {
        const std::optional<JournalEntry> entry = JournalEntry::read(line);
        if (bad || (!entry && !may_be_entry(line))) {
            return damaged(bad.value_or(number));
        }
        if (!entry) {
            if (sound == 0) {
                return damaged(number);
            }
            bad = number;  // damage unless it is the last
            bad_bytes = line.size() + 1;
            return {};
        }
        index_.add(*entry);
        sound += line.size() + 1;
        return {};
    };
    RUNNEL_TRY_ASSIGN(const std::string rest, for_each_line(read));
    const bool may_be_whole = sound == 0 && rest.ends_with('}');
    if (!rest.empty() && (bad || may_be_whole || !may_be_entry(rest))) {
        return damaged(bad.value_or(index_.entries() + 1));
    }
    return truncate(sound, bad_bytes + rest.size(), log);
}

/// Returns what follows the last complete line.
Result<std::string> JournalFile::for_each_line(const OnLine& on_line) const {
    LineCutter cutter(0, '\n');
    std::string block(kBlock, '\0');
    off_t position = 0;
    for (;;) {
        const ssize_t size = ::pread(file_.get(), block.data(), block.size(), position);
        if (size < 0) {
            return system_error(ErrorClass::Sink, "--journal: cannot read " + name_, errno);
        }
        if (size == 0) {
            break;
        }
        position += size;
        cutter.feed(std::string_view(block).substr(0, static_cast<std::size_t>(size)));
        while (const std::optional<Line> line = cutter.next()) {
            RUNNEL_TRY(on_line(line->text, line->number));
        }
    }
    std::optional<Line> rest = cutter.finish();
    return rest ? std::move(rest->text) : std::string();
}

Result<void> JournalFile::for_each_delivered(
    const std::function<void(std::string_view entry)>& use) const {
    if (!wanted()) {
        return {};
    }
    const auto pass = [&](const std::string& line, std::uint64_t /*number*/) -> Result<void> {
        const std::optional<JournalEntry> entry = JournalEntry::read(line);
        if (entry && entry->delivered) {
            use(line);
        }
        return {};
    };
    RUNNEL_TRY(for_each_line(pass));
    return {};
}

Result<void> JournalFile::truncate(std::uint64_t end, std::uint64_t bytes, Log& log) {
    if (bytes == 0) {
        return {};
    }
    if (::ftruncate(file_.get(), static_cast<off_t>(end)) != 0) {
        return cannot_write(errno);
    }
    log.warn(fmt::format("--journal: removed {} bytes of an incomplete entry from the end of {}",
                         bytes, name_));
    return {};
}

/// Reserves space, so that a full file system fails before the run begins. A file system without
/// fallocate() is not checked; writes to it may fail later.
Result<void> JournalFile::reserve_space() const {
    const off_t end = ::lseek(file_.get(), 0, SEEK_END);
    if (::fallocate(file_.get(), FALLOC_FL_KEEP_SIZE, end, kReserved) != 0 && errno != EOPNOTSUPP) {
        return cannot_write(errno);
    }
    return {};
}

/// Replaces the file by a new one without superseded entries, by renaming, so that the name is a
/// complete journal at all times. Locks the new file before it gets the name.
Result<void> JournalFile::compact(Log& log) {
    const Result<NamedFile> place = NamedFile::find(name_);
    Result<AtomicFile> target = place ? place->create(AtomicFile::Access::Owner) : place.error();
    if (!target) {
        return cannot_write(target.error().code());
    }
    if (::flock(target->descriptor(), LOCK_EX | LOCK_NB) != 0) {
        return cannot_write(errno);
    }
    RUNNEL_TRY(copy_current_entries(*target));
    const Result<bool> published = target->publish(AtomicFile::Existing::Replace);
    // The new file may have its name even if its folder could not be synced.
    if (!same_file(file_.get(), name_)) {
        file_ = std::move(*target).take();
    }
    if (!published) {
        return cannot_write(published.error().code());
    }
    log.info(fmt::format("--journal: {} has {} entries instead of {}", name_, index_.inputs(),
                         index_.entries()));
    return {};
}

Result<void> JournalFile::copy_current_entries(AtomicFile& target) const {
    std::string kept;
    std::uint64_t ordinal = 0;
    const auto write = [&]() -> Result<void> {
        const Result<void> written = target.write(std::exchange(kept, std::string()));
        return written ? Result<void>() : cannot_write(written.error().code());
    };
    const auto keep = [&](const std::string& line, std::uint64_t /*number*/) -> Result<void> {
        const std::optional<JournalEntry> entry = JournalEntry::read(line);
        if (entry && index_.counts(entry->key, ordinal++)) {
            kept += line;
            kept += '\n';
        }
        return kept.size() < kBlock ? Result<void>() : write();
    };
    RUNNEL_TRY(for_each_line(keep));
    return write();
}

Error JournalFile::cannot_write(int code) const {
    return system_error(ErrorClass::Sink, "--journal: cannot write " + name_, code);
}

Error JournalFile::damaged(std::uint64_t line) const {
    return bad_input(
        fmt::format("--journal: {}:{}: not an entry of a journal, or damaged; the file was not "
                    "changed: repair it, or name another file",
                    name_, line));
}

}  // namespace runnel
