#pragma once

#include <string>

namespace runnel {

/// A URL and what it is called: `NAME=URL`, or a URL, whose name it is itself, without user and
/// password.
class NamedTarget {
public:
    [[nodiscard]] static NamedTarget parse(const std::string& text);

    std::string name;
    std::string url;
};

}  // namespace runnel
