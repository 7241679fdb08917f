#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "json/extract.hpp"
#include "pipeline/body_filter.hpp"
#include "pipeline/line_splitter.hpp"

namespace runnel {

/// Extracts values from each line of a body of JSON lines, one output line for each; blank lines
/// have no output. Fails at the first line that lacks a value or is not JSON (ErrorClass::Extract)
/// or is too long (ErrorClass::TooLarge), after the output of the lines before it.
class LineExtraction final : public BodyFilter {
public:
    /// \a extractor must outlive this, and may be shared in turn. \a max_line is that of
    /// LineSplitter; \a prefix is written before the values of each line.
    LineExtraction(Extractor& extractor, std::uint64_t max_line, std::string prefix);

    [[nodiscard]] Result<void> feed(std::string_view chunk, std::string& out) override;
    [[nodiscard]] Result<void> finish(std::string& out) override;

private:
    [[nodiscard]] Result<void> extract(Result<void> split, std::string& out);

    Extractor& extractor_;
    LineSplitter splitter_;
    Extractor::Lines state_;
    std::string lines_;  // whole lines; reused
};

/// Extracts values from a body that is one JSON document, as one line. Holds the body until it is
/// complete; its size is limited by Policy::max_body.
class DocumentExtraction final : public BodyFilter {
public:
    /// See LineExtraction.
    DocumentExtraction(Extractor& extractor, std::string prefix);

    [[nodiscard]] Result<void> feed(std::string_view chunk, std::string& out) override;
    [[nodiscard]] Result<void> finish(std::string& out) override;

private:
    Extractor& extractor_;
    std::string prefix_;
    std::string body_;
};

}  // namespace runnel
