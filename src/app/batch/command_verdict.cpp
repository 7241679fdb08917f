#include "app/batch/command_verdict.hpp"

#include <cerrno>

namespace runnel {

namespace {

// Exit statuses with a meaning (sysexits.h).
constexpr int kDataError = 65;
constexpr int kTemporaryFailure = 75;

}  // namespace

Verdict verdict_of(const ProcessEnding& ending, const std::string& reason) {
    switch (ending.exit_code()) {
        case kTemporaryFailure: return Verdict::not_now(reason);
        case kDataError: return Verdict::rejected(reason);
        default: return Verdict::failed(reason);
    }
}

bool is_verdict(const ProcessEnding& ending) noexcept {
    return ending.exit_code() == kTemporaryFailure || ending.exit_code() == kDataError;
}

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
