#pragma once

#include "app/body_filters.hpp"
#include "app/output_form.hpp"
#include "async/lock.hpp"

namespace runnel {

/// `--whole`: holds what is made of each body until all of it is there, so that an input that fails
/// prints nothing. Bodies then come out one after another. With `--raw` they come out as they are.
///
/// Holds no tags: a body of many short lines would grow by more than its limit allows.
class WholeForm final : public OutputForm {
public:
    explicit WholeForm(const FetchOptions& options) : options_(options), filters_(options) {}

    [[nodiscard]] Task<Result<void>> take(http::Response& response, Item& item) override;

private:
    [[nodiscard]] bool raw() const { return options_.form == FetchOptions::Form::Raw; }
    [[nodiscard]] Task<Result<std::string>> hold_lines(http::Response& response);
    [[nodiscard]] Task<void> print(std::string_view text, Item& item);

    const FetchOptions& options_;
    BodyFilters filters_;
    Lock printing_;
};

}  // namespace runnel
