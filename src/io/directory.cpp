#include "io/directory.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <system_error>

namespace runnel {

namespace {

enum class Links { Follow, Refuse };
enum class Missing { Make, Leave };

Error failure(int code) {
    return Error(ErrorClass::Sink, std::generic_category().message(code), code);
}

UniqueFd open_folder(int above, const std::string& name, Links links) {
    const int refuse = links == Links::Refuse ? O_NOFOLLOW : 0;
    return UniqueFd(::openat(above, name.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC | refuse));
}

/// A folder that somebody else makes in the same moment is as good.
int make_folder(int above, const std::string& name) {
    if (::mkdirat(above, name.c_str(), 0777) == 0) {
        return sync_folder(above);
    }
    return errno == EEXIST ? 0 : errno;
}

Result<UniqueFd> enter(int above, const std::string& name, Links links, Missing missing) {
    UniqueFd folder = open_folder(above, name, links);
    if (!folder && errno == ENOENT && missing == Missing::Make) {
        const int error = make_folder(above, name);
        if (error != 0) {
            return failure(error);
        }
        folder = open_folder(above, name, links);
    }
    return folder ? Result<UniqueFd>(std::move(folder)) : failure(errno);
}

/// The folder at \a path, which is relative to \a from.
Result<UniqueFd> descend(UniqueFd from, std::string_view path, Links links, Missing missing) {
    Result<UniqueFd> folder = std::move(from);
    while (folder && !path.empty()) {
        const std::size_t end = std::min(path.find('/'), path.size());
        const std::string name(path.substr(0, end));
        path.remove_prefix(std::min(end + 1, path.size()));
        if (!name.empty()) {
            folder = enter(folder->get(), name, links, missing);
        }
    }
    return folder;
}

Result<UniqueFd> descend_from_start(std::string_view path, Missing missing) {
    UniqueFd start = open_folder(AT_FDCWD, path.starts_with('/') ? "/" : ".", Links::Follow);
    if (!start) {
        return failure(errno);
    }
    return descend(std::move(start), path, Links::Follow, missing);
}

Result<UniqueFd> below(const UniqueFd& root, std::string_view path, Missing missing) {
    UniqueFd start = open_folder(root.get(), ".", Links::Refuse);
    if (!start) {
        return failure(errno);
    }
    return descend(std::move(start), path, Links::Refuse, missing);
}

std::string_view folder_of(std::string_view path) { return path.substr(0, path.rfind('/') + 1); }
std::string name_of(std::string_view path) { return std::string(path.substr(path.rfind('/') + 1)); }

}  // namespace

Result<Directory> Directory::open(const std::string& path) {
    Result<UniqueFd> folder = descend_from_start(path, Missing::Leave);
    return folder ? Result<Directory>(Directory(std::move(*folder))) : std::move(folder).error();
}

Result<Directory> Directory::make(const std::string& path) {
    Result<UniqueFd> folder = descend_from_start(path, Missing::Make);
    return folder ? Result<Directory>(Directory(std::move(*folder))) : std::move(folder).error();
}

Result<bool> Directory::has(std::string_view path) const {
    const Result<UniqueFd> folder = below(folder_, folder_of(path), Missing::Leave);
    if (!folder) {
        return folder.error().code() == ENOENT ? Result<bool>(false) : folder.error();
    }
    return occupied(folder->get(), name_of(path));
}

Result<AtomicFile> Directory::create(std::string_view path, AtomicFile::Temporary temporary) const {
    Result<UniqueFd> folder = below(folder_, folder_of(path), Missing::Make);
    if (!folder) {
        return std::move(folder).error();
    }
    return AtomicFile::create(std::move(*folder), name_of(path), temporary);
}

}  // namespace runnel
