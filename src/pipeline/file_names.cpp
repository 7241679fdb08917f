#include "pipeline/file_names.hpp"

#include <fmt/format.h>

#include <string_view>

#include "base/fnv.hpp"
#include "pipeline/file_template.hpp"

namespace runnel {

namespace {

std::string numbered(std::string_view path, std::uint64_t number) {
    const std::size_t begin = path.rfind('/') + 1;
    const std::string suffix = fmt::format(".{}", number);
    return fmt::format("{}{}{}", path.substr(0, begin),
                       shortened(path.substr(begin), kMaxFileName - suffix.size()), suffix);
}

}  // namespace

std::string FileNames::take(std::string path) {
    const std::uint64_t wanted = fnv1a(path);
    const auto [entry, first] = next_.try_emplace(wanted, 1);
    if (first) {
        return path;
    }
    std::uint64_t number = entry->second;
    std::string name = numbered(path, number++);
    while (!next_.try_emplace(fnv1a(name), 1).second) {
        name = numbered(path, number++);
    }
    next_[wanted] = number;
    return name;
}

}  // namespace runnel
