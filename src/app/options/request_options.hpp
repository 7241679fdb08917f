#pragma once

#include <optional>
#include <string>
#include <vector>

#include "app/cli/option_set.hpp"
#include "base/result.hpp"
#include "http/request.hpp"
#include "pipeline/request_maker.hpp"

namespace runnel {

/// What the options say about every request of a run, as it was given. The same for all commands
/// that make requests.
struct RequestOptions {
    std::string method;                ///< `-X`; empty: what the others mean.
    bool head = false;                 ///< `-I`
    std::vector<std::string> headers;  ///< `-H`, `@FILE` too.
    std::vector<std::string> data;     ///< `-d`, `@FILE` too.
    std::optional<std::string> user_agent;
    std::string user;                        ///< `-u`, with its colon; empty: not given.
    std::vector<std::string> cookies;        ///< `-b NAME=VALUE`
    std::optional<std::string> cookie_file;  ///< `-b FILE`; may be empty, as in curl.
};

/// Describes them, and those that are accepted for the sake of curl's users, to \a command, which
/// fills \a options in while it parses. Both must live until then.
void describe_requests(OptionSet& set, RequestOptions& options);

/// What \a options mean for every request; reads the files that they name. \a stdin_is_taken: the
/// input comes from stdin, so that `@-` cannot. Fails with ErrorClass::BadInput, naming the option:
/// an error of usage.
[[nodiscard]] Result<RequestDefaults> request_defaults(const RequestOptions& options,
                                                       bool stdin_is_taken);

}  // namespace runnel
