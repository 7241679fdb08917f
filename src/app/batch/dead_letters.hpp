#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "app/batch/dead_letter.hpp"
#include "app/console/log.hpp"
#include "base/result.hpp"
#include "io/append_file.hpp"
#include "io/output.hpp"
#include "pipeline/batch.hpp"

namespace runnel {

/// The file of `--dead-letter`. Opened before anything starts, so that a wrong name fails early.
/// Append-only; the lines of a batch are written by one call, so that several programs can share
/// the file. Only the owner can read it, if it is created here.
class DeadLetters {
public:
    /// Does nothing if \a name is empty. An unfinished line at the end of the file is removed, or
    /// ended if other programs use the file, with a warning. Fails with ErrorClass::Sink. \a log
    /// must outlive this.
    [[nodiscard]] Result<void> open(const std::string& name, Log& log);
    /// Lines for stdout (`-`, `/dev/stdout`) are appended to \a output, which must outlive this,
    /// so that they do not overtake earlier output.
    void print_to(Output& output) noexcept { output_ = to_stdout_ ? &output : nullptr; }
    [[nodiscard]] bool wanted() const noexcept { return file_.has_value(); }
    [[nodiscard]] const std::string& name() const noexcept { return name_; }

    /// Appends lines. Does nothing without a file. Fails with ErrorClass::Sink.
    [[nodiscard]] Result<void> add(const Batch& batch, std::string_view reason);
    [[nodiscard]] Result<void> add(const DeadLetter& letter);

private:
    [[nodiscard]] Result<void> append(std::string_view objects);
    [[nodiscard]] Error cannot_write(const Error& why) const;

    std::string name_;
    Log* log_ = nullptr;
    bool to_stdout_ = false;
    Output* output_ = nullptr;  ///< If not null, used instead of file_.
    std::optional<AppendFile> file_;
};

}  // namespace runnel
