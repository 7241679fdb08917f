#include "io/input_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "base/system_error.hpp"
#include "io/named_file.hpp"

namespace runnel {

Result<UniqueFd> open_input_file(const std::string& name) {
    constexpr int kFirst = STDERR_FILENO + 1;
    const int open = descriptor_named(name);
    UniqueFd descriptor(open >= 0 ? ::fcntl(open, F_DUPFD_CLOEXEC, kFirst)
                                  : ::open(name.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
    if (!descriptor || (open < 0 && ::fcntl(descriptor.get(), F_SETFL, 0) != 0)) {
        const int code = errno;
        return bad_input(system_message(code), code);
    }
    return descriptor;
}

std::optional<std::uint64_t> bytes_left(int descriptor) noexcept {
    struct stat found = {};
    const off_t position = ::lseek(descriptor, 0, SEEK_CUR);
    if (::fstat(descriptor, &found) != 0 || !S_ISREG(found.st_mode) || position < 0) {
        return std::nullopt;
    }
    return static_cast<std::uint64_t>(std::max<off_t>(found.st_size - position, 0));
}

std::optional<double> share_of(std::uint64_t read, std::optional<std::uint64_t> size) noexcept {
    if (!size || *size == 0) {
        return std::nullopt;
    }
    return std::min(static_cast<double>(read) / static_cast<double>(*size), 1.0);
}

}  // namespace runnel
