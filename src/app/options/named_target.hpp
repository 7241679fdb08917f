#pragma once

#include <string>

namespace runnel {

/// A URL with a name: `NAME=URL`. Without `NAME=`, the name is the URL without user and password.
class NamedTarget {
public:
    [[nodiscard]] static NamedTarget parse(const std::string& text);

    std::string name;
    std::string url;
};

}  // namespace runnel
