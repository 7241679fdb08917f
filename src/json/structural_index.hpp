#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace runnel {

/// Why a text is not JSON, and the offset of the first wrong byte.
struct JsonProblem {
    std::string_view reason;  ///< A clause, in static storage: `a comma or } is missing`.
    std::size_t offset = 0;
};

/// Finds where the tokens of a text begin: each bracket, comma and colon outside strings, and the
/// first byte of each string, number and other run of bytes without white space. This is the first
/// stage of simdjson (Langdale and Lemire, Parsing Gigabytes of JSON per Second, 2019, section
/// 3.1), which uses vector instructions. JsonCursor does the rest.
///
/// The stage is used directly because neither front end of simdjson fits: On-Demand does not check
/// the parts that are skipped and has a cost per line, and the DOM rejects long numbers. The stage
/// is one virtual call, declared alike in Debian 12 (3.0) and 13 (3.12).
///
/// Uses four bytes of memory for each byte of the longest text so far; see release().
class StructuralIndex {
public:
    StructuralIndex();
    StructuralIndex(const StructuralIndex&) = delete;
    StructuralIndex& operator=(const StructuralIndex&) = delete;
    ~StructuralIndex();

    /// Indexes \a input, after which \a readable_after bytes must be readable: with 64 or more, \a
    /// input is used in place and must outlive the index; with fewer it is copied. Checks that
    /// strings are UTF-8, have closing quotes and contain no control characters (except directly
    /// after a backslash: JsonCursor checks escapes). Returns the problem, if any.
    [[nodiscard]] std::optional<JsonProblem> build(std::string_view input,
                                                   std::size_t readable_after = 0);

    /// Returns the indexed text: the input or a copy of it.
    [[nodiscard]] std::string_view text() const noexcept { return text_; }
    /// Returns the ascending offsets of the tokens in text(), followed by the size of text(). Valid
    /// until the next build() or release().
    [[nodiscard]] const std::uint32_t* tokens() const noexcept { return tokens_; }

    /// Frees memory that was needed for an unusually long text.
    void release();

private:
    struct FirstStage;

    void reserve(std::size_t size);

    std::unique_ptr<FirstStage> stage_;
    std::string padded_;
    std::string_view text_;
    const std::uint32_t* tokens_ = nullptr;
};

/// Returns the version of simdjson that runnel was built with.
[[nodiscard]] std::string simdjson_version();

}  // namespace runnel
