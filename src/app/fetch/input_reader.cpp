#include "app/fetch/input_reader.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <iterator>
#include <string_view>
#include <system_error>
#include <utility>

#include "async/sleep.hpp"
#include "io/input_file.hpp"

namespace runnel {

namespace {

/// Maximum number of lines read in one turn of the loop.
constexpr unsigned kLinesPerTurn = 256;
/// Maximum size of a line (bytes). A longer line is skipped without being held in memory.
constexpr std::uint64_t kMaxInputLine = std::uint64_t{16} << 20;

std::uint64_t size_with_end(std::string_view line) { return line.size() + 1; }

}  // namespace

InputReader::InputReader(Loop& loop, RequestMaker maker, std::vector<std::string> arguments,
                         std::vector<File> files, Separator separator)
    : loop_(loop),
      maker_(std::move(maker)),
      arguments_(std::make_move_iterator(arguments.begin()),
                 std::make_move_iterator(arguments.end())),
      files_(std::make_move_iterator(files.begin()), std::make_move_iterator(files.end())),
      separator_(separator),
      size_(0) {
    for (const std::string& argument : arguments_) {
        *size_ += size_with_end(argument);
    }
    for (const File& file : files_) {
        const std::optional<std::uint64_t> left =
            bytes_left(file.descriptor ? file.descriptor.get() : STDIN_FILENO);
        size_ = size_ && left ? std::optional(*size_ + *left) : std::nullopt;
    }
}

std::optional<double> InputReader::share_read() const noexcept {
    return at_end_ ? std::optional(1.0) : share_of(bytes_read_, size_);
}

Task<Result<std::optional<Input>>> InputReader::next() {
    RUNNEL_CO_TRY_ASSIGN(std::optional<Line> line, co_await next_input());
    if (!line) {
        at_end_ = true;
        co_return std::optional<Input>();
    }
    ++count_;
    if (line->too_long) {
        Error error(ErrorClass::BadInput,
                    fmt::format("the line is longer than {} bytes", kMaxInputLine));
        Input input(std::move(line->text), file_name_, line->number, std::move(error));
        input.cut = true;
        co_return input;
    }
    const bool argument = line->number == 0;
    const auto number = argument ? std::nullopt : std::optional(line->number);
    co_return maker_.make(std::move(line->text), file_name_, number);
}

Task<Result<std::optional<Line>>> InputReader::rest() {
    if (!std::exchange(only_taken_, true) && reader_ && !regular_) {
        const bool complete = reader_->stop_reading();
        cut_off_ = !complete;
    }
    return next_input();
}

/// Returns the significant part of the next argument (with the line number 0) or line of a file;
/// nullopt at the end.
Task<Result<std::optional<Line>>> InputReader::next_input() {
    if (!arguments_.empty()) {
        Line argument(std::move(arguments_.front()), 0, false);
        arguments_.pop_front();
        bytes_read_ += size_with_end(argument.text);
        co_return argument;
    }
    for (;;) {
        // A long run of buffered lines must not delay signals and deadlines.
        if (++lines_since_yield_ >= kLinesPerTurn) {
            lines_since_yield_ = 0;
            co_await yield_now();
        }
        if (!reader_) {
            if (files_.empty()) {
                co_return std::optional<Line>();
            }
            if (!open_next()) {
                continue;
            }
        }
        Result<std::optional<Line>> line = co_await next_line();
        if (!line) {
            reader_.reset();
            const Error& cause = line.error();
            co_return Error(cause.error_class(),
                            fmt::format("cannot read {}: {}", file_name_, cause.message()),
                            cause.code());
        }
        if (!*line) {
            reader_.reset();
            continue;
        }
        Line& read = **line;
        bytes_read_ += size_with_end(read.text);
        if (!read.too_long) {
            read.text = std::string(significant(read.text, separator_));
        }
        if (!read.text.empty()) {
            co_return std::move(read);
        }
    }
}

/// Returns the next line of the current file. Fails if it cannot be read, or if the thread of the
/// reader cannot be started.
Task<Result<std::optional<Line>>> InputReader::next_line() {
    try {
        co_return co_await reader_->next();
    } catch (const std::system_error& failure) {
        co_return bad_input(failure.what(), failure.code().value());
    }
}

/// Opens the next file. Returns false if it is a pipe from which nothing more may be read.
bool InputReader::open_next() {
    File file = std::move(files_.front());
    files_.pop_front();
    file_name_ = std::move(file.name);
    regular_ = bytes_left(file.descriptor ? file.descriptor.get() : STDIN_FILENO).has_value();
    if (only_taken_ && !regular_) {
        return false;
    }
    const char separator = static_cast<char>(separator_);
    if (file.descriptor) {
        reader_ = std::make_unique<LineReader>(loop_, std::move(file.descriptor), kMaxInputLine,
                                               separator);
    } else {
        reader_ = std::make_unique<LineReader>(loop_, STDIN_FILENO, kMaxInputLine, separator);
    }
    return true;
}

}  // namespace runnel
