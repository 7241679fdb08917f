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

/// What a route is chosen by. The views must live as long as this is used.
class Request {
public:
    std::string_view method;
    std::string_view target;  ///< Path and query, as they were sent.
    std::string_view host;    ///< The Host header, as it was sent.
};

/// Which requests get which answers.
class Route {
public:
    /// Whether this route is for \a request.
    [[nodiscard]] bool matches(const Request& request) const;
    /// The answer to the request that comes after \a served others.
    [[nodiscard]] const Answer& answer(std::size_t served) const;

    std::string method;  ///< Empty: any. GET stands for HEAD too.
    std::string host;    ///< Empty: any. Without port, in lower case.
    std::string path;    ///< The whole path, or path and query.
    /// Instead of a path; matches all of the path, or all of path and query.
    std::shared_ptr<const re2::RE2> regex;
    std::vector<Answer> answers;  ///< One at least.
    bool repeat = false;          ///< After the last answer comes the first; else the last again.
};

/// Routes in the order in which they are tried.
using Routes = std::vector<Route>;

}  // namespace runnel::mock
