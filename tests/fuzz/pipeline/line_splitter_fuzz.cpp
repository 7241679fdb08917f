// Splitting into lines: agreement with a naive splitter, whatever the sizes of the chunks. The
// first two bytes are the maximum length of a line and the size of the chunks, the first line the
// prefix.

#include "pipeline/line_splitter.hpp"

#include <string>

#include "base/ensure.hpp"
#include "fuzz/fuzz_text.hpp"

namespace runnel {
namespace {

/// Goes byte by byte.
class NaiveSplitter {
public:
    NaiveSplitter(std::size_t max_line, std::string prefix)
        : max_line_(max_line), prefix_(std::move(prefix)) {}

    /// Returns whether all lines are short enough so far.
    bool feed(std::string_view chunk) {
        for (const char byte : chunk) {
            if (failed_) {
                return false;
            }
            if (byte == '\n') {
                end_line();
                continue;
            }
            line_ += byte;
            failed_ = max_line_ != 0 && line_.size() > max_line_;
        }
        return !failed_;
    }
    void finish() {
        if (!line_.empty()) {
            end_line();
        }
    }
    [[nodiscard]] const std::string& out() const { return out_; }

private:
    void end_line() {
        out_ += prefix_ + line_ + '\n';
        line_.clear();
    }

    std::size_t max_line_;
    std::string prefix_;
    std::string line_;
    std::string out_;
    bool failed_ = false;
};

void check(std::size_t max_line, std::size_t chunk_size, const std::string& prefix,
           std::string_view text) {
    LineSplitter splitter(max_line, prefix);
    NaiveSplitter naive(max_line, prefix);
    std::string out;
    while (!text.empty()) {
        const std::string_view chunk = text.substr(0, chunk_size);
        text.remove_prefix(chunk.size());
        const bool fed = splitter.feed(chunk, out).ok();
        RUNNEL_ENSURE(fed == naive.feed(chunk), "fails at another chunk");
        RUNNEL_ENSURE(out == naive.out(), "other lines");
        if (!fed) {
            RUNNEL_ENSURE(!splitter.feed("x\n", out) && !splitter.finish(out) && out == naive.out(),
                          "the failure does not stay");
            return;
        }
    }
    naive.finish();
    RUNNEL_ENSURE(splitter.finish(out) && out == naive.out(), "another last line");
    RUNNEL_ENSURE(splitter.emitted() == !out.empty(), "emitted() is wrong");
}

}  // namespace
}  // namespace runnel

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace runnel;
    std::string_view text = fuzz::as_text(data, size);
    const std::size_t max_line = fuzz::take_byte(text);
    const std::size_t chunk_size = fuzz::take_byte(text) + 1;
    const std::string prefix(fuzz::take_line(text));
    check(max_line, chunk_size, prefix, text);
    return 0;
}
