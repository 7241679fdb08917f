#include "app/option_file.hpp"

#include <fcntl.h>
#include <fmt/format.h>

#include <cerrno>
#include <system_error>

#include "base/write_all.hpp"

namespace runnel {

Result<void> OptionFile::open(const std::string& name) {
    if (name.empty()) {
        return {};
    }
    name_ = name;
    const int keep = mode_ == Mode::Append ? O_APPEND : O_TRUNC;
    file_ = UniqueFd(::open(name.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC | keep, 0666));
    if (!file_) {
        return cannot_write(errno);
    }
    return {};
}

Result<void> OptionFile::write(std::string_view bytes) {
    const int error = write_all(file_.get(), bytes);
    if (error != 0) {
        return cannot_write(error);
    }
    return {};
}

Error OptionFile::cannot_write(int code) const {
    return Error(ErrorClass::Sink,
                 fmt::format("{}: cannot write {}: {}", option_, name_,
                             std::generic_category().message(code)),
                 code);
}

}  // namespace runnel
