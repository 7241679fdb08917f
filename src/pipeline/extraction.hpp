#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "json/extract.hpp"
#include "pipeline/body_filter.hpp"
#include "pipeline/line_splitter.hpp"

namespace runnel {

/// Takes a body as lines of JSON and gives the values in each, a line for a line; blank lines give
/// none. Fails at the first line that lacks a value or is no JSON (ErrorClass::Extract) or is
/// over-long (ErrorClass::TooLarge), with the lines before it given.
class LineExtraction final : public BodyFilter {
public:
    /// \a extractor must outlive this and may serve others in turn. \a max_line as in LineSplitter;
    /// \a prefix is put before the values of each line.
    LineExtraction(Extractor& extractor, std::uint64_t max_line, std::string prefix);

    [[nodiscard]] Result<void> feed(std::string_view chunk, std::string& out) override;
    [[nodiscard]] Result<void> finish(std::string& out) override;

private:
    [[nodiscard]] Result<void> extract(Result<void> split, std::string& out);

    Extractor& extractor_;
    LineSplitter splitter_;
    Extractor::Lines state_;
    std::string lines_;  // whole ones; reused
};

/// Takes a body as one JSON document and gives the values in it as one line. Holds the body until
/// it is complete; what bounds it is Policy::max_body.
class DocumentExtraction final : public BodyFilter {
public:
    /// As LineExtraction.
    DocumentExtraction(Extractor& extractor, std::string prefix);

    [[nodiscard]] Result<void> feed(std::string_view chunk, std::string& out) override;
    [[nodiscard]] Result<void> finish(std::string& out) override;

private:
    Extractor& extractor_;
    std::string prefix_;
    std::string body_;
};

}  // namespace runnel
