#pragma once

#include <string>
#include <string_view>

#include "base/result.hpp"
#include "service/assertions.hpp"

namespace runnel {

/// A target with its own assertions: a table `[[check.target]]` of a configuration file.
class TargetTable {
public:
    /// Parses an object with the member `url`, optionally `name`, and options of
    /// describe_assertions(), in which `_` may replace `-`. An option replaces its value in
    /// \a defaults. Fails with ErrorClass::BadInput, naming the member.
    [[nodiscard]] static Result<TargetTable> parse(std::string_view json,
                                                   const Assertions& defaults);

    std::string name;
    std::string url;
    Assertions assertions;
    /// A member that checks the response; empty if there is none.
    std::string own_response_rule;

private:
    TargetTable() = default;
};

}  // namespace runnel
