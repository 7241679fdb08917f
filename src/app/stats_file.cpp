#include "app/stats_file.hpp"

#include <fcntl.h>
#include <fmt/format.h>

#include <cerrno>
#include <system_error>

#include "base/write_all.hpp"

namespace runnel {

namespace {

Error cannot_write(const std::string& name, int code) {
    return Error(
        ErrorClass::Sink,
        fmt::format("--stats: cannot write {}: {}", name, std::generic_category().message(code)),
        code);
}

}  // namespace

Result<void> StatsFile::open(const std::string& name) {
    if (name.empty()) {
        return {};
    }
    name_ = name;
    file_ = UniqueFd(::open(name.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666));
    if (!file_) {
        return cannot_write(name_, errno);
    }
    return {};
}

Result<void> StatsFile::write(std::string_view text) {
    const int error = write_all(file_.get(), text);
    if (error != 0) {
        return cannot_write(name_, error);
    }
    return {};
}

}  // namespace runnel
