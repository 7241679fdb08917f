#include "io/answer_cutter.hpp"

#include <utility>

namespace runnel {

AnswerCutter::Answers AnswerCutter::feed(std::string piece) {
    Answers answers;
    std::size_t end = 0;
    while (missing_ > 0 && !too_long_) {
        const std::size_t before = end == 0 ? unfinished_.size() : 0;
        const std::size_t line_end = piece.find('\n', end);
        const bool whole = line_end != std::string::npos;
        too_long_ = before + (whole ? line_end : piece.size()) - end > max_answer_;
        if (!whole || too_long_) {
            break;
        }
        end = line_end + 1;
        ++answers.count;
        --missing_;
    }
    if (answers.count == 0) {
        unfinished_ += piece;
        return answers;
    }
    std::string rest = piece.substr(end);
    piece.resize(end);
    answers.text = unfinished_.empty() ? std::move(piece) : unfinished_ + piece;
    unfinished_ = std::move(rest);
    return answers;
}

}  // namespace runnel
