#include "pipeline/extraction.hpp"

#include <utility>

namespace runnel {
namespace {

/// Maximum capacity kept for the next lines (bytes).
constexpr std::size_t kMaxKeptLines = std::size_t{256} << 10;

}  // namespace

LineExtraction::LineExtraction(Extractor& extractor, std::uint64_t max_line, std::string prefix)
    : extractor_(extractor), splitter_(max_line), state_(std::move(prefix)) {}

Result<void> LineExtraction::feed(std::string_view chunk, std::string& out) {
    return extract(splitter_.feed(chunk, lines_), out);
}

Result<void> LineExtraction::finish(std::string& out) {
    return extract(splitter_.finish(lines_), out);
}

/// Extracts the complete lines, then returns \a split. An error of the extractor comes first,
/// because an error of the splitter concerns a later line.
Result<void> LineExtraction::extract(Result<void> split, std::string& out) {
    Result<void> extracted = extractor_.extract_lines(lines_, state_, out);
    lines_.clear();
    if (lines_.capacity() > kMaxKeptLines) {
        lines_.shrink_to_fit();
    }
    return extracted ? split : extracted;
}

DocumentExtraction::DocumentExtraction(Extractor& extractor, std::string prefix)
    : extractor_(extractor), prefix_(std::move(prefix)) {}

Result<void> DocumentExtraction::feed(std::string_view chunk, std::string& /*out*/) {
    body_ += chunk;
    return {};
}

Result<void> DocumentExtraction::finish(std::string& out) {
    const std::size_t before = out.size();
    out += prefix_;
    Result<void> extracted = extractor_.extract(body_, out);
    if (extracted) {
        out += '\n';
    } else {
        out.resize(before);
    }
    return extracted;
}

}  // namespace runnel
