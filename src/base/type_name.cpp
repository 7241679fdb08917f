#include "base/type_name.hpp"

#include <cxxabi.h>

#include <cstdlib>
#include <memory>
#include <string_view>

namespace runnel {

namespace {

std::string demangled(const char* name) {
    int status = 0;
    const std::unique_ptr<char, void (*)(void*)> text(
        abi::__cxa_demangle(name, nullptr, nullptr, &status), std::free);
    return status == 0 ? text.get() : name;
}

std::string without_template_arguments(std::string_view name) {
    std::string plain;
    int depth = 0;
    for (const char c : name) {
        depth += c == '<' ? 1 : 0;
        if (depth == 0) {
            plain += c;
        }
        depth -= c == '>' ? 1 : 0;
    }
    return plain;
}

void remove_all(std::string& text, std::string_view part) {
    for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at)) {
        text.erase(at, part.size());
    }
}

}  // namespace

std::string type_name(const std::type_info& type) {
    std::string name = without_template_arguments(demangled(type.name()));
    for (const std::string_view part : {"runnel::", "(anonymous namespace)::", "detail::"}) {
        remove_all(name, part);
    }
    return name;
}

}  // namespace runnel
