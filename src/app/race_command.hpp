#pragma once

#include "app/log.hpp"
#include "app/race_options.hpp"

namespace runnel {

class RaceSetup;

/// The command: makes what a race needs, runs it, gives its exit status.
[[nodiscard]] int run_race(const RaceOptions& given, Log& log, TimePoint started);

/// Who is asked, and by what name: `NAME=URL`, or a URL, whose name it is itself, without user and
/// password.
class NamedUrl {
public:
    [[nodiscard]] static NamedUrl parse(const std::string& text);

    std::string name;
    std::string url;
};

}  // namespace runnel
