#include "app/command_failure.hpp"

#include <cerrno>

namespace runnel {

Result<Verdict> verdict_of_failure(const Error& failure) {
    if (failure.error_class() == ErrorClass::BadInput) {
        return Verdict::rejected(failure.message());
    }
    switch (failure.code()) {
        case E2BIG: return Verdict::rejected(failure.message());
        case 0:
        case EAGAIN:
        case ENOMEM:
        case EMFILE:
        case ENFILE:
        case ETXTBSY: return Verdict::failed(failure.message());
        default: return failure;
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
