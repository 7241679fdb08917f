#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "async/task.hpp"
#include "base/unique_fd.hpp"
#include "io/line_reader.hpp"
#include "pipeline/input.hpp"
#include "pipeline/request_maker.hpp"

namespace runnel {

/// Everything a run is asked for, one input after another, as it arrives: the arguments, then each
/// file, or stdin when neither was given.
class InputReader {
public:
    /// A file given by name, open already, so that a wrong name is told before anything starts.
    struct File {
        std::string name;  ///< `-`: stdin, and no descriptor.
        UniqueFd descriptor;
    };

    /// \a loop must outlive this, and so must the policy of \a maker. \a separator is for files.
    InputReader(Loop& loop, RequestMaker maker, std::vector<std::string> arguments,
                std::vector<File> files, Separator separator = Separator::Newline);

    /// The next input, also one that means no request. nullopt at the end. Fails when a file cannot
    /// be read (further); what came before was given, and the next call goes on with the next file.
    /// Cancelled when stop is requested: nothing read is lost.
    [[nodiscard]] Task<Result<std::optional<Input>>> next();

    /// Inputs given so far.
    [[nodiscard]] std::uint64_t count() const noexcept { return count_; }
    /// How much of all there is was given, by its bytes, from 0 to 1. Nothing when that cannot be
    /// known, because there is a pipe among the files.
    [[nodiscard]] std::optional<double> part_given() const noexcept;
    /// True once next() has given nullopt.
    [[nodiscard]] bool at_end() const noexcept { return at_end_; }

private:
    [[nodiscard]] Task<Result<std::optional<Line>>> next_line();
    void open_next();

    Loop& loop_;
    RequestMaker maker_;
    std::deque<std::string> arguments_;
    std::deque<File> files_;
    Separator separator_;
    std::string file_name_;
    std::unique_ptr<LineReader> reader_;
    std::uint64_t count_ = 0;
    std::optional<std::uint64_t> size_;  ///< Of all there is, in bytes; nothing: nobody knows.
    std::uint64_t given_ = 0;            ///< Of that.
    unsigned lines_since_yield_ = 0;
    bool at_end_ = false;
};

}  // namespace runnel
