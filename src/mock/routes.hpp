#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "mock/answer.hpp"

namespace re2 {
class RE2;
}

namespace runnel::mock {

/// The parts of a request that routes match. A view: does not own the text.
class Request {
public:
    std::string_view method;
    std::string_view target;  ///< Path and query, as sent.
    std::string_view host;    ///< Host of the target, else of the Host header; as sent.
};

/// Matches requests and holds their answers.
class Route {
public:
    /// Parameters of a query may come in any order, and `%c3` is `%C3`.
    [[nodiscard]] bool matches(const Request& request) const;
    /// Returns the answer to the next request after \a served others.
    [[nodiscard]] const Answer& answer(std::size_t served) const;

    std::string method;  ///< Empty means any. GET also matches HEAD.
    std::string host;    ///< Empty means any. Without port, in lower case.
    std::string path;    ///< Matches the whole path, or path and query.
    /// Alternative to path. Matches the whole path, or path and query.
    std::shared_ptr<const re2::RE2> regex;
    std::vector<Answer> answers;  ///< At least one.
    bool repeat = false;          ///< Start over after the last answer instead of repeating it.

private:
    [[nodiscard]] bool is_for(std::string_view text) const;
};

/// The first route that matches is used.
using Routes = std::vector<Route>;

}  // namespace runnel::mock
