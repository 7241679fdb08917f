#pragma once

#include <string>

#include "app/batch/batch_plan.hpp"
#include "base/result.hpp"
#include "base/unique_fd.hpp"
#include "io/line_cutter.hpp"

namespace runnel {

/// The file of `--redo`: dead letters whose lines are delivered again.
class RedoFile {
public:
    /// Opens \a name; `-` is stdin. Does nothing if it is empty. Checks all letters of a regular
    /// file and restores its position, because a letter that cannot be delivered must be found
    /// before anything starts. Blocks. Fails with ErrorClass::BadInput; the message names the
    /// option, the file and the line. \a plan must outlive this.
    [[nodiscard]] Result<void> open(const std::string& name, const BatchPlan& plan);
    [[nodiscard]] bool wanted() const noexcept { return plan_ != nullptr; }
    [[nodiscard]] int descriptor() const noexcept { return descriptor_; }
    /// Maximum size of a line of the file (bytes); 0 means no limit.
    [[nodiscard]] std::uint64_t max_letter() const noexcept;

    /// Returns the line of \a letter, which is a line of the file, with the same number. Fails as
    /// open() does if it cannot be delivered.
    [[nodiscard]] Result<Line> line_of(const Line& letter) const;
    /// Makes the error for \a what: `--redo: cannot read FILE: what`.
    [[nodiscard]] Error failure(const std::string& what) const;

private:
    [[nodiscard]] Result<void> check();
    [[nodiscard]] Result<void> check_letters();

    const BatchPlan* plan_ = nullptr;  ///< Null if there is no file.
    std::string name_;
    UniqueFd file_;
    int descriptor_ = -1;
};

}  // namespace runnel
