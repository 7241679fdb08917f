#pragma once

#include <string>
#include <string_view>

#include "base/result.hpp"
#include "service/assertions.hpp"

namespace runnel {

/// A target with assertions of its own: `[[check.target]]` of a configuration file.
class TargetTable {
public:
    /// An object with the members `url`, `name` if it is called otherwise, and options of
    /// describe_assertions(), where `_` may stand for `-`. An option replaces what \a all says
    /// about the same. Fails with ErrorClass::BadInput, naming the member.
    [[nodiscard]] static Result<TargetTable> parse(std::string_view json, const Assertions& all);

    std::string name;
    std::string url;
    Assertions assertions;
    /// A member that is about a response, if there is one.
    std::string own_response_rule;

private:
    TargetTable() = default;
};

}  // namespace runnel
