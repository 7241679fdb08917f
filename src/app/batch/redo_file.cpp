#include "app/batch/redo_file.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <limits>
#include <optional>
#include <string_view>
#include <utility>

#include "app/batch/dead_letter.hpp"
#include "base/system_error.hpp"
#include "io/input_file.hpp"

namespace runnel {

namespace {

/// Maximum size of one byte of a line in JSON, as `\u0000` (bytes).
constexpr std::uint64_t kEscapeSize = 6;
/// Maximum size of a dead letter without its line (bytes).
constexpr std::uint64_t kLetterRest = std::uint64_t{64} << 10;
/// Size of one read (bytes).
constexpr std::size_t kRedoBlock = std::size_t{64} << 10;

}  // namespace

Result<void> RedoFile::open(const std::string& name, const BatchPlan& plan) {
    if (name.empty()) {
        return {};
    }
    plan_ = &plan;
    name_ = name;
    descriptor_ = STDIN_FILENO;
    if (name != "-") {
        Result<UniqueFd> opened = open_input_file(name);
        if (!opened) {
            return failure(opened.error().message());
        }
        file_ = *std::move(opened);
        descriptor_ = file_.get();
    }
    return bytes_left(descriptor_) ? check() : Result<void>();
}

/// Checks all letters and returns to the position before them.
Result<void> RedoFile::check() {
    const off_t position = ::lseek(descriptor_, 0, SEEK_CUR);
    RUNNEL_TRY(check_letters());
    if (::lseek(descriptor_, position, SEEK_SET) != position) {
        return failure(system_message(errno));
    }
    return {};
}

Result<void> RedoFile::check_letters() {
    LineCutter cutter(max_letter(), '\n');
    std::array<char, kRedoBlock> block;
    ssize_t size = 0;
    while ((size = ::read(descriptor_, block.data(), block.size())) > 0) {
        cutter.feed(std::string_view(block.data(), static_cast<std::size_t>(size)));
        while (const std::optional<Line> letter = cutter.next()) {
            RUNNEL_TRY(line_of(*letter));
        }
    }
    if (size < 0) {
        return failure(system_message(errno));
    }
    if (const std::optional<Line> last = cutter.finish()) {
        RUNNEL_TRY(line_of(*last));
    }
    return {};
}

std::uint64_t RedoFile::max_letter() const noexcept {
    constexpr std::uint64_t kMost = std::numeric_limits<std::uint64_t>::max() / kEscapeSize;
    const std::uint64_t line = plan_->max_line;
    return line == 0 || line > kMost - kLetterRest ? 0 : line * kEscapeSize + kLetterRest;
}

Result<Line> RedoFile::line_of(const Line& letter) const {
    const auto refused = [&](const std::string& why) {
        return failure(fmt::format("line {}: {}", letter.number, why));
    };
    if (letter.too_long) {
        return refused(
            fmt::format("longer than a dead letter with --max-line {} can be", plan_->max_line));
    }
    Result<std::string> text = line_of_dead_letter(letter.text);
    if (!text) {
        return refused(text.error().message());
    }
    Line line(*std::move(text), letter.number, false);
    line.too_long = plan_->max_line > 0 && line.text.size() > plan_->max_line;
    if (line.too_long) {
        return refused(
            fmt::format("the line in it is longer than {} bytes (--max-line)", plan_->max_line));
    }
    const std::string objection = objection_to(line, *plan_);
    if (!objection.empty()) {
        return refused("the line in it cannot be delivered: " + objection);
    }
    return line;
}

Error RedoFile::failure(const std::string& what) const {
    return bad_input(fmt::format("--redo: cannot read {}: {}", name_, what));
}

}  // namespace runnel
