#include "app/fetch/input_reader.hpp"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <iterator>
#include <string_view>
#include <system_error>
#include <utility>

#include "async/sleep.hpp"

namespace runnel {

namespace {

/// Maximum number of lines read in one turn of the loop.
constexpr unsigned kLinesPerTurn = 256;
/// Maximum size of a line (bytes). A longer line is skipped without being held in memory.
constexpr std::uint64_t kMaxInputLine = std::uint64_t{16} << 20;

/// Returns the bytes left to read; nullopt unless \a descriptor is a regular file.
std::optional<std::uint64_t> bytes_left(int descriptor) {
    struct stat found = {};
    const off_t position = ::lseek(descriptor, 0, SEEK_CUR);
    if (::fstat(descriptor, &found) != 0 || !S_ISREG(found.st_mode) || position < 0) {
        return std::nullopt;
    }
    return static_cast<std::uint64_t>(std::max<off_t>(found.st_size - position, 0));
}

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
    if (at_end_) {
        return 1;
    }
    if (!size_ || *size_ == 0) {
        return std::nullopt;
    }
    return std::min(static_cast<double>(bytes_read_) / static_cast<double>(*size_), 1.0);
}

Task<Result<std::optional<Input>>> InputReader::next() {
    if (!arguments_.empty()) {
        std::string text = std::move(arguments_.front());
        arguments_.pop_front();
        ++count_;
        bytes_read_ += size_with_end(text);
        co_return maker_.make(std::move(text), std::string(), std::nullopt);
    }
    for (;;) {
        // A long run of buffered lines must not delay signals and deadlines.
        if (++lines_since_yield_ >= kLinesPerTurn) {
            lines_since_yield_ = 0;
            co_await yield_now();
        }
        if (!reader_) {
            if (files_.empty()) {
                at_end_ = true;
                co_return std::optional<Input>();
            }
            open_next();
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
        const Line& read = **line;
        bytes_read_ += size_with_end(read.text);
        if (read.too_long) {
            ++count_;
            Error error(ErrorClass::BadInput,
                        fmt::format("the line is longer than {} bytes", kMaxInputLine));
            co_return Input(read.text, file_name_, read.number, std::move(error));
        }
        std::string text(significant(read.text, separator_));
        if (!text.empty()) {
            ++count_;
            co_return maker_.make(std::move(text), file_name_, read.number);
        }
    }
}

/// Also fails if the thread of the reader cannot be started.
Task<Result<std::optional<Line>>> InputReader::next_line() {
    try {
        co_return co_await reader_->next();
    } catch (const std::system_error& failure) {
        co_return bad_input(failure.what(), failure.code().value());
    }
}

void InputReader::open_next() {
    File file = std::move(files_.front());
    files_.pop_front();
    file_name_ = std::move(file.name);
    const char separator = static_cast<char>(separator_);
    if (file.descriptor) {
        reader_ = std::make_unique<LineReader>(loop_, std::move(file.descriptor), kMaxInputLine,
                                               separator);
    } else {
        reader_ = std::make_unique<LineReader>(loop_, STDIN_FILENO, kMaxInputLine, separator);
    }
}

}  // namespace runnel
