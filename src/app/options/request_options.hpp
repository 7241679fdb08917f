#pragma once

#include <optional>
#include <string>
#include <vector>

#include "app/cli/option_set.hpp"
#include "base/result.hpp"
#include "pipeline/request_maker.hpp"

namespace runnel {

/// The options about every request of a run, as given. The same for all commands that make
/// requests.
struct RequestOptions {
    std::string method;                ///< `-X`; if empty, it follows from the other options.
    bool head = false;                 ///< `-I`
    std::vector<std::string> headers;  ///< `-H`, which may be `@FILE`.
    std::vector<std::string> data;     ///< `-d`, which may be `@FILE`.
    std::optional<std::string> user_agent;
    std::string user;                        ///< `-u`, with its colon; empty if not given.
    std::vector<std::string> cookies;        ///< `-b NAME=VALUE`
    std::optional<std::string> cookie_file;  ///< `-b FILE`; may be empty, as in curl.
};

/// Describes them, and those that are accepted for the sake of curl's users, to \a command, which
/// fills \a options in while it parses. Both must live until then.
void describe_requests(OptionSet& set, RequestOptions& options);

/// Resolves \a options into what every request has, and reads the files that they name.
/// \a stdin_is_taken: the inputs come from stdin, so `@-` is an error. Fails with
/// ErrorClass::BadInput, naming the option.
[[nodiscard]] Result<RequestDefaults> request_defaults(const RequestOptions& options,
                                                       bool stdin_is_taken);

}  // namespace runnel
