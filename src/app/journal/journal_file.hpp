#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "app/console/log.hpp"
#include "app/journal/journal_index.hpp"
#include "base/result.hpp"
#include "base/unique_fd.hpp"
#include "io/atomic_file.hpp"

namespace runnel {

/// The file of `--journal`: entries (see JournalEntry) of this run and earlier ones. Opened before
/// anything starts, and locked, so that no other run uses it at the same time.
class JournalFile {
public:
    /// Opens the file; does nothing if \a name is empty. A new file has permissions for its owner
    /// only, because URLs and bodies can contain secrets. Checks every entry, truncates an
    /// incomplete one at the end (with a warning), and compacts the file if many entries are
    /// superseded. \a resume: load which inputs were delivered.
    ///
    /// Fails with ErrorClass::Sink if the file cannot be written, with EWOULDBLOCK if another run
    /// uses it, and with ErrorClass::BadInput if an entry is damaged. A damaged file is not
    /// changed.
    [[nodiscard]] Result<void> open(const std::string& name, bool resume, Log& log);

    [[nodiscard]] bool wanted() const noexcept { return static_cast<bool>(file_); }
    [[nodiscard]] const std::string& name() const noexcept { return name_; }
    [[nodiscard]] int descriptor() const noexcept { return file_.get(); }
    /// Whether an earlier run delivered the input; false unless resumed.
    [[nodiscard]] bool delivered(const JournalKey& key) const { return index_.delivered(key); }

    /// Calls \a use with each entry of a delivered input. Does nothing without a file.
    [[nodiscard]] Result<void> for_each_delivered(
        const std::function<void(std::string_view entry)>& use) const;
    /// Returns the number of the last job in the file (RUNNEL_JOB_ID); 0 unless resumed.
    [[nodiscard]] std::uint64_t last_job() const noexcept { return index_.last_job(); }

private:
    using OnLine = std::function<Result<void>(const std::string& line, std::uint64_t number)>;

    [[nodiscard]] Result<void> lock();
    [[nodiscard]] Result<void> check(Log& log);
    [[nodiscard]] Result<std::string> for_each_line(const OnLine& on_line) const;
    [[nodiscard]] Result<void> truncate(std::uint64_t end, std::uint64_t bytes, Log& log);
    [[nodiscard]] Result<void> reserve_space() const;
    [[nodiscard]] Result<void> compact(Log& log);
    [[nodiscard]] Result<void> copy_current_entries(AtomicFile& target) const;
    [[nodiscard]] Error cannot_write(int code) const;
    [[nodiscard]] Error damaged(std::uint64_t line) const;

    std::string name_;
    UniqueFd file_;
    JournalIndex index_;
};

}  // namespace runnel
