#include "app/journal/journal_file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <optional>
#include <system_error>
#include <utility>

#include "base/write_all.hpp"
#include "io/atomic_file.hpp"
#include "io/line_cutter.hpp"

namespace runnel {

namespace {

/// Asked of the file system before anything starts, so that a full one is told in time.
constexpr off_t kRoom = off_t{64} << 10;
/// Fewer entries are not worth writing the file anew.
constexpr std::uint64_t kFewEntries = 1000;
/// A journal is written anew when it has so many entries for each input.
constexpr std::uint64_t kCompactAbove = 2;
constexpr std::size_t kBlock = std::size_t{256} << 10;

/// Whether an entry that was not finished can look so; what else a file ends with is not ours.
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

/// 0, or the errno that tells why the entry of \a name in its directory is not safe.
int sync_directory_of(const std::string& name) {
    const std::filesystem::path directory = std::filesystem::path(name).parent_path();
    const UniqueFd opened(
        ::open(directory.empty() ? "." : directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    return opened ? sync_folder(opened.get()) : errno;
}

}  // namespace

Result<void> JournalFile::open(const std::string& name, bool resume, Log& log) {
    if (name.empty()) {
        return {};
    }
    name_ = name;
    Result<void> done = lock();
    if (done) {
        done = check(log);
    }
    if (done) {
        done = make_sure_of_room();
    }
    if (!done) {
        return done;
    }
    if (index_.entries() >= kFewEntries && index_.entries() > kCompactAbove * index_.inputs()) {
        const Result<void> compacted = compact(log);
        if (!compacted) {
            log.warn(compacted.error().message());  // the old one is as good, and longer
        }
    }
    if (!resume) {
        index_ = JournalIndex();
    }
    return {};
}

Result<void> JournalFile::lock() {
    do {
        file_ = UniqueFd(::open(name_.c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0666));
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
        // Whoever had it may have written it anew meanwhile.
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
            bad = number;  // the last, or damage
            bad_bytes = line.size() + 1;
            return {};
        }
        index_.add(*entry);
        sound += line.size() + 1;
        return {};
    };
    const Result<std::string> rest = for_each_line(read);
    if (!rest) {
        return rest.error();
    }
    const bool may_be_whole = sound == 0 && rest->ends_with('}');
    if (!rest->empty() && (bad || may_be_whole || !may_be_entry(*rest))) {
        return damaged(bad.value_or(index_.entries() + 1));
    }
    return cut(sound, bad_bytes + rest->size(), log);
}

/// Gives what stands after the last line.
Result<std::string> JournalFile::for_each_line(const OnLine& on_line) const {
    LineCutter cutter(0, '\n');
    std::string block(kBlock, '\0');
    off_t position = 0;
    for (;;) {
        const ssize_t size = ::pread(file_.get(), block.data(), block.size(), position);
        if (size < 0) {
            return Error(ErrorClass::Sink,
                         fmt::format("--journal: cannot read {}: {}", name_,
                                     std::generic_category().message(errno)),
                         errno);
        }
        if (size == 0) {
            break;
        }
        position += size;
        cutter.feed(std::string_view(block).substr(0, static_cast<std::size_t>(size)));
        while (const std::optional<Line> line = cutter.next()) {
            const Result<void> taken = on_line(line->text, line->number);
            if (!taken) {
                return taken.error();
            }
        }
    }
    std::optional<Line> rest = cutter.finish();
    return rest ? std::move(rest->text) : std::string();
}

Result<void> JournalFile::cut(std::uint64_t end, std::uint64_t bytes, Log& log) {
    if (bytes == 0) {
        return {};
    }
    if (::ftruncate(file_.get(), static_cast<off_t>(end)) != 0) {
        return cannot_write(errno);
    }
    log.warn(
        fmt::format("--journal: cut {} bytes off the end of {}: an entry that was not "
                    "written to its end",
                    bytes, name_));
    return {};
}

/// Where a file system cannot tell, writing will.
Result<void> JournalFile::make_sure_of_room() const {
    const off_t end = ::lseek(file_.get(), 0, SEEK_END);
    if (::fallocate(file_.get(), FALLOC_FL_KEEP_SIZE, end, kRoom) != 0 && errno != EOPNOTSUPP) {
        return cannot_write(errno);
    }
    return {};
}

/// The name always stands for a whole journal: the old one or the new one.
Result<void> JournalFile::compact(Log& log) {
    const std::string name = name_ + ".new";
    UniqueFd target(::open(name.c_str(), O_RDWR | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC, 0666));
    if (!target || ::flock(target.get(), LOCK_EX | LOCK_NB) != 0) {
        return cannot_write(errno);
    }
    Result<void> copied = copy_what_counts(target.get());
    if (copied && (::fsync(target.get()) != 0 || std::rename(name.c_str(), name_.c_str()) != 0)) {
        copied = cannot_write(errno);
    }
    if (!copied) {
        std::remove(name.c_str());
        return copied;
    }
    file_ = std::move(target);
    if (const int error = sync_directory_of(name_); error != 0) {
        return cannot_write(error);
    }
    log.info(fmt::format("--journal: {} has {} entries instead of {}", name_, index_.inputs(),
                         index_.entries()));
    return {};
}

Result<void> JournalFile::copy_what_counts(int target) const {
    std::string kept;
    std::uint64_t ordinal = 0;
    const auto write = [&]() -> Result<void> {
        const int error = write_all(target, std::exchange(kept, std::string()));
        return error == 0 ? Result<void>() : cannot_write(error);
    };
    const auto keep = [&](const std::string& line, std::uint64_t /*number*/) -> Result<void> {
        const std::optional<JournalEntry> entry = JournalEntry::read(line);
        if (entry && index_.counts(entry->key, ordinal++)) {
            kept += line;
            kept += '\n';
        }
        return kept.size() < kBlock ? Result<void>() : write();
    };
    const Result<std::string> rest = for_each_line(keep);
    return rest ? write() : Result<void>(rest.error());
}

Error JournalFile::cannot_write(int code) const {
    return Error(
        ErrorClass::Sink,
        fmt::format("--journal: cannot write {}: {}", name_, std::generic_category().message(code)),
        code);
}

Error JournalFile::damaged(std::uint64_t line) const {
    return Error(ErrorClass::BadInput,
                 fmt::format("--journal: {}:{}: no entry of a journal, or a damaged one; it was "
                             "left as it is: repair it, or name another file",
                             name_, line));
}

}  // namespace runnel
