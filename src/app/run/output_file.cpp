#include "app/run/output_file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>

#include "base/system_error.hpp"
#include "base/write_all.hpp"

namespace runnel {

Result<void> OutputFile::open(const std::string& name) {
    if (name.empty()) {
        return {};
    }
    name_ = name;
    const Result<NamedFile> file =
        name == "-" ? NamedFile::of_descriptor(STDOUT_FILENO) : NamedFile::find(name);
    if (!file) {
        return cannot_write(file.error().message(), file.error().code());
    }
    const bool stream = file->kind() != NamedFile::Kind::File && mode_ != Mode::Update;
    if (!stream && mode_ != Mode::Replace) {
        return open_next(*file);
    }
    constexpr int kEmptied = O_WRONLY | O_CREAT | O_CLOEXEC | O_TRUNC;
    Result<UniqueFd> opened =
        stream ? file->open_to_write() : UniqueFd(::open(file->path().c_str(), kEmptied, 0666));
    if (!opened) {
        return cannot_write(opened.error().message(), opened.error().code());
    }
    if (!*opened) {
        const int code = errno;
        return cannot_write(system_message(code), code);
    }
    file_ = *std::move(opened);
    return {};
}

/// Fails if the file cannot be replaced later.
Result<void> OutputFile::open_next(const NamedFile& file) {
    Result<AtomicFile> next = file.create(access_);
    if (!next) {
        return cannot_write(next.error().message(), next.error().code());
    }
    next_.emplace(std::move(*next));
    return {};
}

Result<void> OutputFile::write(std::string_view bytes) {
    RUNNEL_TRY(append(bytes));
    return commit();
}

Result<void> OutputFile::append(std::string_view bytes) {
    if (next_) {
        const Result<void> written = next_->write(bytes);
        return written ? Result<void>()
                       : cannot_write(written.error().message(), written.error().code());
    }
    const int error = write_all(file_.get(), bytes);
    if (error != 0) {
        return cannot_write(system_message(error), error);
    }
    return {};
}

Result<void> OutputFile::commit() {
    if (!next_) {
        return {};
    }
    const Result<bool> swapped = next_->publish(AtomicFile::Existing::Replace);
    return swapped ? Result<void>()
                   : cannot_write(swapped.error().message(), swapped.error().code());
}

Error OutputFile::cannot_write(const std::string& why, int code) const {
    return Error(ErrorClass::Sink, fmt::format("{}: cannot write {}: {}", option_, name_, why),
                 code);
}

}  // namespace runnel
