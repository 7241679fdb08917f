#include "pipeline/extraction.hpp"

#include <utility>

namespace runnel {
namespace {

/// A bigger buffer is not kept for the next lines.
constexpr std::size_t kKeptCapacity = std::size_t{256} << 10;

}  // namespace

LineExtraction::LineExtraction(Extractor& extractor, std::uint64_t max_line, std::string prefix)
    : extractor_(extractor), splitter_(max_line), state_(std::move(prefix)) {}

Result<void> LineExtraction::feed(std::string_view chunk, std::string& out) {
    return extract(splitter_.feed(chunk, lines_), out);
}

Result<void> LineExtraction::finish(std::string& out) {
    return extract(splitter_.finish(lines_), out);
}

/// An over-long line comes after all that was split off before it, so a failure to extract is the
/// earlier one.
Result<void> LineExtraction::extract(Result<void> split, std::string& out) {
    Result<void> extracted = extractor_.extract_lines(lines_, state_, out);
    lines_.clear();
    if (lines_.capacity() > kKeptCapacity) {
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
