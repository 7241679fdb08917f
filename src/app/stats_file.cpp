#include "app/stats_file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

namespace runnel {

namespace {

Error cannot_write(const std::string& name) {
    const int code = errno;
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
        return cannot_write(name_);
    }
    return {};
}

Result<void> StatsFile::write(std::string_view text) {
    while (!text.empty()) {
        const ssize_t written = ::write(file_.get(), text.data(), text.size());
        if (written < 0 && errno != EINTR) {
            return cannot_write(name_);
        }
        text.remove_prefix(written > 0 ? static_cast<std::size_t>(written) : 0);
    }
    return {};
}

}  // namespace runnel
