#include "app/batch/command_verdict.hpp"

#include <cerrno>

namespace runnel {

Result<Verdict> verdict_of_failure(const Error& failure) {
    if (failure.error_class() == ErrorClass::BadInput) {
        return Verdict::rejected(failure.message());
    }
    switch (failure.code()) {
        case E2BIG: return Verdict::rejected(failure.message());
        case EMFILE:
        case ENFILE: return Verdict::no_room(failure.message() + " (see ulimit -n)");
        case EAGAIN: return Verdict::no_room(failure.message() + " (see ulimit -u)");
        case ENOMEM: return Verdict::no_room(failure.message());
        case 0:
        case ETXTBSY: return Verdict::failed(failure.message());
        default: return failure;
    }
}

}  // namespace runnel
