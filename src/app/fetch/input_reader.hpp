#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "async/task.hpp"
#include "base/unique_fd.hpp"
#include "io/line_cutter.hpp"
#include "io/line_reader.hpp"
#include "pipeline/input.hpp"
#include "pipeline/request_maker.hpp"

namespace runnel {

/// Reads the inputs of a run, one after another, as they arrive: the arguments, then each file; or
/// stdin if there are neither.
class InputReader {
public:
    /// A file of `-i`. Opened before anything starts, so that a wrong name fails early.
    struct File {
        std::string name;  ///< `-` is stdin, which has no descriptor here.
        UniqueFd descriptor;
    };

    /// \a loop and the policy of \a maker must outlive this. \a separator separates the inputs of a
    /// file.
    InputReader(Loop& loop, RequestMaker maker, std::vector<std::string> arguments,
                std::vector<File> files, Separator separator = Separator::Newline);

    /// Returns the next input, which may not be a request; nullopt at the end. Fails if a file
    /// cannot be read; the next call continues with the next file. Cancelled when stop is
    /// requested, without losing an input.
    [[nodiscard]] Task<Result<std::optional<Input>>> next();

    /// To be called after the run. Returns an input that next() has not returned, as it came;
    /// nullopt at the end. Reads regular files to their end; from pipes and other files returns
    /// only the inputs that were read during the run. Fails as next() does.
    [[nodiscard]] Task<Result<std::optional<Line>>> rest();
    /// Whether rest() has returned the last line of an input that was not read to its end.
    [[nodiscard]] bool cut_off() const noexcept { return cut_off_; }

    /// The number of inputs returned so far.
    [[nodiscard]] std::uint64_t count() const noexcept { return count_; }
    /// The share of the input that was read, by bytes, from 0 to 1. nullopt if it is unknown
    /// because one of the files is a pipe.
    [[nodiscard]] std::optional<double> share_read() const noexcept;
    /// Whether next() has returned nullopt.
    [[nodiscard]] bool at_end() const noexcept { return at_end_; }
    /// The same in words, for messages.
    [[nodiscard]] const char* describe_end() const noexcept {
        return at_end_ ? "the input was read to its end" : "the input was not read to its end";
    }

private:
    [[nodiscard]] Task<Result<std::optional<Line>>> next_input();
    [[nodiscard]] Task<Result<std::optional<Line>>> next_line();
    [[nodiscard]] bool open_next();

    Loop& loop_;
    RequestMaker maker_;
    std::deque<std::string> arguments_;
    std::deque<File> files_;
    Separator separator_;
    std::string file_name_;
    std::unique_ptr<LineReader> reader_;
    std::uint64_t count_ = 0;
    std::optional<std::uint64_t> size_;  ///< Size of all inputs (bytes); nullopt if unknown.
    std::uint64_t bytes_read_ = 0;
    unsigned lines_since_yield_ = 0;
    bool at_end_ = false;
    bool regular_ = false;     ///< Whether reader_ reads a regular file.
    bool only_taken_ = false;  ///< Whether to read nothing more from pipes.
    bool cut_off_ = false;
};

}  // namespace runnel
