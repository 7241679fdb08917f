#include "app/format/stream_format.hpp"

#include <fmt/format.h>

#include <utility>

#include "base/system_error.hpp"

namespace runnel {

namespace {

/// Size up to which a body is held in memory (bytes).
constexpr std::size_t kHeldInMemory = std::size_t{256} << 10;

}  // namespace

StreamFormat::StreamFormat(std::string name, UniqueFd stream, Loop& loop,
                           std::unique_ptr<OutputFormat> printing)
    : name_(std::move(name)),
      stream_(std::move(stream)),
      output_(loop, stream_.get(), Output::kHighWater, "--output: cannot write " + name_),
      printing_(std::move(printing)) {}

Task<Result<OutputFormat::Need>> StreamFormat::begin(Item& item) {
    item.file = name_;
    co_return Need::Body;
}

void StreamFormat::answered(const http::Response& response, Item& item) {
    printing_->answered(response, item);
}

Task<Result<void>> StreamFormat::take(http::Response& response, Item& item) {
    Spool body(kHeldInMemory);
    for (;;) {
        RUNNEL_CO_TRY_ASSIGN(const std::string_view piece, co_await response.read());
        if (piece.empty()) {
            break;
        }
        const Result<void> kept = body.append(piece);
        if (!kept) {
            co_return cannot_write(kept.error().code());
        }
    }
    co_await item.out.writable();  // because conclude() does not wait
    co_return co_await write(body, item);
}

Task<Result<void>> StreamFormat::write(Spool& body, Item& item) {
    if (Event* const first = item.out.turn()) {
        co_await first->wait();
    }
    const Permit turn = co_await turn_.acquire();
    for (;;) {
        Result<std::string> piece = body.take();
        if (!piece) {
            co_return cannot_write(piece.error().code());
        }
        if (piece->empty()) {
            break;
        }
        output_.append_from(*piece);
        co_await output_.writable();
    }
    const bool written = co_await output_.written_up_to(output_.appended());
    if (!written) {
        co_return cannot_write(output_.error()->code());
    }
    co_return Result<void>();
}

void StreamFormat::conclude(const Record& record, Item& item) { printing_->conclude(record, item); }

/// Returns the error of a write. Its code becomes the `exitcode` of the record.
Error StreamFormat::cannot_write(int code) const {
    return Error(ErrorClass::Sink, fmt::format("cannot write {}: {}", name_, system_message(code)),
                 23);
}

}  // namespace runnel
