#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace re2 {
class RE2;
}

namespace runnel {

/// An RE2 regular expression. Matching takes linear time, so that it is safe for untrusted text.
/// Copies share the compiled expression.
class Pattern {
public:
    /// Fails with ErrorClass::BadInput; the message says what is wrong with \a text.
    [[nodiscard]] static Result<Pattern> parse(std::string_view text);

    /// As it was given.
    [[nodiscard]] const std::string& text() const noexcept;
    /// Whether the expression matches all of \a text.
    [[nodiscard]] bool matches(std::string_view text) const;
    /// Returns the first group of the first match, or the whole match if the expression has no
    /// group. Returns nothing if there is no match. A group that did not take part is empty.
    [[nodiscard]] std::optional<std::string> find(std::string_view text) const;

private:
    explicit Pattern(std::shared_ptr<const re2::RE2> expression)
        : expression_(std::move(expression)) {}

    std::shared_ptr<const re2::RE2> expression_;
};

}  // namespace runnel
