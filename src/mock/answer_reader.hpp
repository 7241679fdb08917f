#pragma once

#include <string>
#include <string_view>

#include "base/result.hpp"
#include "json/document.hpp"
#include "mock/answer.hpp"

namespace runnel::mock {

/// Puts an answer together from the members of a JSON object. Failures are located().
class AnswerReader {
public:
    /// Files of bodies are read from \a directory, which must outlive this.
    explicit AnswerReader(const std::string& directory) : directory_(directory) {}

    /// Whether take() knows the key \a name.
    [[nodiscard]] static bool has_key(std::string_view name) noexcept;
    /// All of them, with commas between them.
    [[nodiscard]] static std::string keys();

    /// Takes the value of one of the keys.
    [[nodiscard]] Result<void> take(const JsonMember& member);
    /// Once all members are taken: the answer, or why they do not go together. \a where is the
    /// object's place.
    [[nodiscard]] Result<Answer> finish(TextPosition where) &&;

private:
    struct Keys;

    [[nodiscard]] Result<void> give_body(const JsonMember& member, Result<std::string> body,
                                         std::string_view content_type);
    [[nodiscard]] Result<std::string> read_body_file(const JsonMember& member) const;

    const std::string& directory_;
    Answer answer_;
    std::string body_key_;      ///< The key that gave the body.
    std::string content_type_;  ///< Unless the headers name one.
};

/// Reads \a value, which must be an object with keys of answers only.
[[nodiscard]] Result<Answer> read_answer(const JsonValue& value, const std::string& directory);

}  // namespace runnel::mock
