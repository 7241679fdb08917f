#include "pipeline/file_names.hpp"

#include <fmt/format.h>

#include "base/fnv.hpp"
#include "pipeline/file_template.hpp"

namespace runnel {

namespace {

std::string numbered(std::string_view path, std::uint32_t number) {
    const std::size_t begin = path.rfind('/') + 1;
    const std::string suffix = fmt::format(".{}", number);
    return fmt::format("{}{}{}", path.substr(0, begin),
                       limited_file_name(path.substr(begin), kMaxFileName - suffix.size()), suffix);
}

}  // namespace

std::string FileNames::take(std::string_view path) {
    std::string taken;
    for (std::size_t end = path.find('/'); end != std::string_view::npos; end = path.find('/')) {
        taken = folder(taken.append(path.substr(0, end))) + '/';
        path.remove_prefix(end + 1);
    }
    return file(taken.append(path));
}

Result<void> FileNames::claim(std::string_view path, std::string_view url) {
    const std::string& owner = urls_.try_emplace(fnv1a(path), url).first->second;
    if (owner == url) {
        return {};
    }
    return Error(
        ErrorClass::Sink,
        fmt::format("{} is the file of {}: add a placeholder such as {{path}} to -o", path, owner));
}

std::string FileNames::folder(std::string name) {
    const std::uint64_t wanted = fnv1a(name);
    Use use = uses_.try_emplace(wanted, Use{true}).first->second;
    if (use.folder) {
        return name;
    }
    std::string instead = numbered(name, use.number);
    while (use.number == 0 || !uses_.try_emplace(fnv1a(instead), Use{true}).first->second.folder) {
        instead = numbered(name, ++use.number);
    }
    uses_[wanted].number = use.number;
    return instead;
}

std::string FileNames::file(std::string name) {
    const std::uint64_t wanted = fnv1a(name);
    const auto [entry, first] = uses_.try_emplace(wanted);
    if (first) {
        return name;
    }
    std::uint32_t number = entry->second.next;
    std::string instead = numbered(name, number++);
    while (!uses_.try_emplace(fnv1a(instead)).second) {
        instead = numbered(name, number++);
    }
    uses_[wanted].next = number;
    return instead;
}

}  // namespace runnel
