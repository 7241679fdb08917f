#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "app/console/log.hpp"
#include "app/journal/journal_index.hpp"
#include "base/result.hpp"
#include "base/unique_fd.hpp"

namespace runnel {

/// The file of `--journal`: entries (see JournalEntry) of this run and of those before. Opened
/// before anything starts; nobody else can have it open as a journal until it is closed.
class JournalFile {
public:
    /// No \a name, no file. Checks every entry; cuts off what a crash has left unfinished at the
    /// end, and tells it; writes the file anew without the entries that do not count any more, when
    /// they are many. \a resume: keeps in mind what was delivered.
    ///
    /// Fails with ErrorClass::Sink when it cannot be written, with EWOULDBLOCK when another run has
    /// it, and with ErrorClass::BadInput when an entry is damaged: then it was not touched.
    [[nodiscard]] Result<void> open(const std::string& name, bool resume, Log& log);

    [[nodiscard]] bool wanted() const noexcept { return static_cast<bool>(file_); }
    [[nodiscard]] const std::string& name() const noexcept { return name_; }
    [[nodiscard]] int descriptor() const noexcept { return file_.get(); }
    /// By an earlier run; false unless resumed.
    [[nodiscard]] bool delivered(const JournalKey& key) const { return index_.delivered(key); }

private:
    using OnLine = std::function<Result<void>(const std::string& line, std::uint64_t number)>;

    [[nodiscard]] Result<void> lock();
    [[nodiscard]] Result<void> check(Log& log);
    [[nodiscard]] Result<std::string> for_each_line(const OnLine& on_line) const;
    [[nodiscard]] Result<void> cut(std::uint64_t end, std::uint64_t bytes, Log& log);
    [[nodiscard]] Result<void> make_sure_of_room() const;
    [[nodiscard]] Result<void> compact(Log& log);
    [[nodiscard]] Result<void> copy_what_counts(int target) const;
    [[nodiscard]] Error cannot_write(int code) const;
    [[nodiscard]] Error damaged(std::uint64_t line) const;

    std::string name_;
    UniqueFd file_;
    JournalIndex index_;
};

}  // namespace runnel
