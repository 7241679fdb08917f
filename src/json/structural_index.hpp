#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace runnel {

/// Why a text is not JSON, and the offset of the byte where that shows.
struct JsonProblem {
    std::string_view reason;  ///< A clause with static storage: `a comma or } is missing`.
    std::size_t offset = 0;
};

/// Where the tokens of a text begin: each bracket, comma and colon outside strings, and the first
/// byte of each string, number and other run of bytes without white space. This is the first stage
/// of simdjson (Langdale and Lemire, Parsing Gigabytes of JSON per Second, 2019, section 3.1),
/// which goes over the text with vector instructions. A JsonCursor does the rest.
///
/// The stage is used directly, and not through one of simdjson's front ends, because none of them
/// fits: On-Demand leaves unchecked what is skipped and pays for each line anew, the DOM refuses
/// long numbers. It is one virtual call that Debian 12 (3.0) and 13 (3.12) declare alike.
///
/// Four bytes of memory for each byte of the longest text so far; see release().
class StructuralIndex {
public:
    StructuralIndex();
    StructuralIndex(const StructuralIndex&) = delete;
    StructuralIndex& operator=(const StructuralIndex&) = delete;
    ~StructuralIndex();

    /// Looks at \a input, behind which \a readable_after bytes may be read: with 64 or more it is
    /// used in place and must stay, with fewer it is copied. Makes sure that strings are UTF-8,
    /// have their closing quotes and hold no control characters (one right behind a backslash may
    /// pass: that is for the JsonCursor, which has to look at escapes anyway).
    [[nodiscard]] std::optional<JsonProblem> build(std::string_view input,
                                                   std::size_t readable_after = 0);

    /// What was looked at: the input or a copy of it.
    [[nodiscard]] std::string_view text() const noexcept { return text_; }
    /// Offsets into text(), ascending, and the size of text() as the last. Good until the next
    /// build() or release().
    [[nodiscard]] const std::uint32_t* tokens() const noexcept { return tokens_; }

    /// Gives memory back that only an unusually long text needed.
    void release();

private:
    struct FirstStage;

    void make_room(std::size_t size);

    std::unique_ptr<FirstStage> stage_;
    std::string padded_;
    std::string_view text_;
    const std::uint32_t* tokens_ = nullptr;
};

}  // namespace runnel
