#include "app/batch/command_verdict.hpp"

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

}  // namespace runnel
