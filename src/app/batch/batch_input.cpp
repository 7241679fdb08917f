#include "app/batch/batch_input.hpp"

#include <unistd.h>

#include "io/input_file.hpp"

namespace runnel {

namespace {

LineReader reader_of(Loop& loop, const BatchPlan& plan, const RedoFile& redo) {
    return redo.wanted() ? LineReader(loop, redo.descriptor(), redo.max_letter())
                         : LineReader(loop, STDIN_FILENO, plan.max_line, plan.separator);
}

}  // namespace

BatchInput::BatchInput(Loop& loop, const BatchPlan& plan, const RedoFile& redo)
    : redo_(redo),
      size_(bytes_left(redo.wanted() ? redo.descriptor() : STDIN_FILENO)),
      reader_(reader_of(loop, plan, redo)) {}

Task<Result<std::optional<Line>>> BatchInput::next() {
    Result<std::optional<Line>> line = co_await reader_.next();
    if (!line && !redo_.wanted()) {
        co_return bad_input("stdin: " + line.error().message(), line.error().code());
    }
    if (!line) {
        co_return redo_.failure(line.error().message());
    }
    if (!*line) {
        at_end_ = true;
        co_return line;
    }
    bytes_read_ += (*line)->text.size() + 1;
    if (!redo_.wanted()) {
        co_return line;
    }
    RUNNEL_CO_TRY_ASSIGN(Line again, redo_.line_of(**line));
    co_return std::optional<Line>(std::move(again));
}

std::optional<double> BatchInput::share_read() const noexcept {
    return at_end_ ? std::optional(1.0) : share_of(bytes_read_, size_);
}

}  // namespace runnel
