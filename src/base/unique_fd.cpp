#include "base/unique_fd.hpp"

#include <unistd.h>

namespace runnel {

UniqueFd& UniqueFd::operator=(UniqueFd&& other) noexcept {
    if (this != &other) {
        reset();
        fd_ = std::exchange(other.fd_, -1);
    }
    return *this;
}

void UniqueFd::reset() noexcept {
    if (fd_ >= 0) {
        // close() is not retried, because Linux releases the descriptor even on EINTR.
        ::close(std::exchange(fd_, -1));
    }
}

}  // namespace runnel
