#include "base/read_file.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>

#include "base/system_error.hpp"
#include "base/unique_fd.hpp"

namespace runnel {

namespace {

Error cannot_read(const std::string& path, int error) {
    return system_error(ErrorClass::BadInput, "cannot read " + path, error);
}

Result<std::string> read_to_end(int descriptor, const std::string& path) {
    std::string bytes;
    std::array<char, std::size_t{64} << 10> block;  // NOLINT(*-member-init): filled by read()
    while (true) {
        const ssize_t size = ::read(descriptor, block.data(), block.size());
        if (size == 0) {
            return bytes;
        }
        if (size > 0) {
            bytes.append(block.data(), static_cast<std::size_t>(size));
        } else if (errno != EINTR) {
            return cannot_read(path, errno);
        }
    }
}

}  // namespace

Result<std::string> read_file(const std::string& path) {
    if (path == "-") {
        return read_to_end(STDIN_FILENO, "standard input");
    }
    const UniqueFd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    return file ? read_to_end(file.get(), path) : cannot_read(path, errno);
}

}  // namespace runnel
