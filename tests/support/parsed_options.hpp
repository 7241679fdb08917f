#pragma once

#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "app/cli/option_set.hpp"

namespace runnel::test {

/// A usage error.
class Refused : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

/// Lets \a set parse \a arguments; throws Refused for a usage error.
inline void parse(OptionSet& set, std::vector<std::string> arguments) {
    const Result<OptionSet::Outcome> outcome = set.parse(std::move(arguments));
    if (!outcome) {
        throw Refused(outcome.error().message());
    }
}

}  // namespace runnel::test
