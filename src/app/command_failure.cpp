#include "app/command_failure.hpp"

#include <cerrno>

namespace runnel {

bool may_start_later(const Error& failure) noexcept {
    switch (failure.code()) {
        case EAGAIN:
        case ENOMEM:
        case EMFILE:
        case ENFILE:
        case ETXTBSY: return true;
        default: return false;
    }
}

ExitStatus status_of_command(const Error& failure) noexcept {
    switch (failure.code()) {
        case 0: return ExitStatus::BatchFailed;
        case ENOENT: return ExitStatus::NotFound;
        default: return ExitStatus::NotExecutable;
    }
}

}  // namespace runnel
