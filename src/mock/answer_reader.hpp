#pragma once

#include <string>
#include <string_view>

#include "base/result.hpp"
#include "json/document.hpp"
#include "mock/answer.hpp"

namespace runnel::mock {

/// Builds an answer from the members of a JSON object. Errors are located().
class AnswerReader {
public:
    /// Body files are relative to \a directory, which must outlive this.
    explicit AnswerReader(const std::string& directory) : directory_(directory) {}

    /// Whether take() accepts the key \a name.
    [[nodiscard]] static bool has_key(std::string_view name) noexcept;
    /// Returns all keys, separated by commas.
    [[nodiscard]] static std::string keys();

    /// Reads the value of a key that has_key() accepts.
    [[nodiscard]] Result<void> take(const JsonMember& member);
    /// Returns the answer after the last take(). Fails if the members contradict each other.
    /// \a where is the position of the object.
    [[nodiscard]] Result<Answer> finish(TextPosition where) &&;

private:
    struct Keys;

    [[nodiscard]] Result<void> set_body(const JsonMember& member, Result<std::string> body,
                                        std::string_view content_type);
    [[nodiscard]] Result<std::string> read_body_file(const JsonMember& member) const;

    const std::string& directory_;
    Answer answer_;
    std::string body_key_;      ///< The key that set the body; empty if none did.
    std::string content_type_;  ///< Used unless the headers contain one.
};

/// Reads an answer from the object \a value.
[[nodiscard]] Result<Answer> read_answer(const JsonValue& value, const std::string& directory);

}  // namespace runnel::mock
