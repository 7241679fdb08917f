#include "app/fetch/left_inputs.hpp"

#include <fmt/format.h>

#include <cstring>
#include <optional>
#include <utility>

namespace runnel {

namespace {

/// Size of one write (bytes).
constexpr std::size_t kBlock = std::size_t{64} << 10;

/// Each kept input begins with its size, because an argument may contain the separator.
using Size = std::uint64_t;

/// Removes the first input from \a bytes and returns it; nullopt if it is not complete. The text is
/// valid as long as \a bytes is.
std::optional<std::string_view> take_input(std::string_view& bytes) {
    Size size = 0;
    if (bytes.size() < sizeof size) {
        return std::nullopt;
    }
    std::memcpy(&size, bytes.data(), sizeof size);
    if (bytes.size() - sizeof size < size) {
        return std::nullopt;
    }
    const std::string_view text = bytes.substr(sizeof size, size);
    bytes.remove_prefix(sizeof size + size);
    return text;
}

}  // namespace

Result<void> LeftInputs::open(const std::string& name, Separator separator) {
    separator_ = separator;
    return file_.open(name);
}

std::uint64_t LeftInputs::add(const Input& input) {
    if (!file_.wanted()) {
        return 0;
    }
    const std::string_view text = input.cut ? std::string_view() : input.text;
    const Size size = text.size();
    std::string bytes(sizeof size, '\0');
    std::memcpy(bytes.data(), &size, sizeof size);
    bytes += text;
    if (keeps_all_) {
        keeps_all_ = kept_.append(bytes);
    }
    cut_ += input.cut ? 1 : 0;
    delivered_.push_back(input.cut);
    return delivered_.size() - 1;
}

void LeftInputs::set_delivered(std::uint64_t number) {
    if (file_.wanted()) {
        delivered_[number] = true;
    }
}

Task<Result<void>> LeftInputs::write(InputReader& inputs, Log& log) {
    if (!file_.wanted()) {
        co_return Result<void>();
    }
    if (keeps_all_) {
        keeps_all_ = write_kept(log);
    }
    if (keeps_all_) {
        keeps_all_ = co_await write_unread(inputs, log);
    }
    if (!keeps_all_) {
        const Error& reason = keeps_all_.error();
        co_return Error(
            ErrorClass::Sink,
            fmt::format("--left: {} is not written: {}", file_.name(), reason.message()),
            reason.code());
    }
    RUNNEL_CO_TRY(file_.append(text_));
    log_missing(inputs, log);
    co_return file_.commit();
}

Result<void> LeftInputs::write_kept(Log& log) {
    std::string bytes;
    std::uint64_t number = 0;
    for (;;) {
        RUNNEL_TRY_ASSIGN(const std::string piece, kept_.take());
        if (piece.empty()) {
            return {};
        }
        bytes += piece;
        std::string_view left = bytes;
        while (const std::optional<std::string_view> text = take_input(left)) {
            if (!delivered_[number++]) {
                RUNNEL_TRY(write_input(*text, log));
            }
        }
        bytes.erase(0, bytes.size() - left.size());
    }
}

Task<Result<void>> LeftInputs::write_unread(InputReader& inputs, Log& log) {
    for (;;) {
        RUNNEL_CO_TRY_ASSIGN(const std::optional<Line> line, co_await inputs.rest());
        if (!line) {
            co_return Result<void>();
        }
        if (line->too_long) {
            ++cut_;
        } else {
            RUNNEL_CO_TRY(write_input(line->text, log));
        }
    }
}

void LeftInputs::log_missing(const InputReader& inputs, Log& log) const {
    if (cut_ > 0) {
        log.warn(fmt::format("--left: {} not in {}: too long for an input",
                             cut_ == 1 ? "1 line is" : fmt::format("{} lines are", cut_),
                             file_.name()));
    }
    if (inputs.cut_off()) {
        log.warn(fmt::format(
            "--left: {} contains only the inputs that were read from the pipe before the stop; the "
            "last one may be incomplete",
            file_.name()));
    }
}

Result<void> LeftInputs::write_input(std::string_view text, Log& log) {
    const char separator = static_cast<char>(separator_);
    const bool readable = !text.empty() && text.find(separator) == std::string_view::npos &&
                          significant(text, separator_) == text;
    if (!readable) {
        log.warn(
            fmt::format("--left: the argument \"{}\" is not in {}: read from a file it would be "
                        "another input{}",
                        text, file_.name(),
                        separator_ == Separator::Newline ? " (-0 separates inputs by NUL)" : ""));
        return {};
    }
    text_ += text;
    text_ += separator;
    if (text_.size() < kBlock) {
        return {};
    }
    Result<void> written = file_.append(text_);
    text_.clear();
    return written;
}

}  // namespace runnel
