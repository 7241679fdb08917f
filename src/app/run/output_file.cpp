#include "app/run/output_file.hpp"

#include <fcntl.h>
#include <fmt/format.h>

#include <cerrno>
#include <filesystem>
#include <system_error>

#include "base/system_error.hpp"
#include "base/write_all.hpp"
#include "io/directory.hpp"

namespace runnel {

Result<void> OutputFile::open(const std::string& name) {
    if (name.empty()) {
        return {};
    }
    name_ = name;
    if (mode_ == Mode::Swap) {
        return open_next();
    }
    file_ = UniqueFd(::open(name.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC | O_TRUNC, 0666));
    if (!file_) {
        return cannot_write(system_message(errno), errno);
    }
    return {};
}

/// Fails if the file cannot be replaced later.
Result<void> OutputFile::open_next() {
    std::error_code error;
    const std::filesystem::path path = std::filesystem::weakly_canonical(name_, error);
    if (error) {
        return cannot_write(error.message(), error.value());
    }
    const Result<Directory> folder = Directory::open(path.parent_path());
    Result<bool> there = folder ? folder->has(path.filename().native()) : folder.error();
    Result<AtomicFile> next =
        there ? folder->create(path.filename().native(), access_) : std::move(there).error();
    if (!next) {
        return cannot_write(next.error().message(), next.error().code());
    }
    next_.emplace(std::move(*next));
    return {};
}

Result<void> OutputFile::write(std::string_view bytes) {
    if (next_) {
        const Result<void> written = next_->write(bytes);
        const Result<bool> swapped =
            written ? next_->publish(AtomicFile::Existing::Replace) : written.error();
        return swapped ? Result<void>()
                       : cannot_write(swapped.error().message(), swapped.error().code());
    }
    const int error = write_all(file_.get(), bytes);
    if (error != 0) {
        return cannot_write(system_message(error), error);
    }
    return {};
}

Error OutputFile::cannot_write(const std::string& why, int code) const {
    return Error(ErrorClass::Sink, fmt::format("{}: cannot write {}: {}", option_, name_, why),
                 code);
}

}  // namespace runnel
