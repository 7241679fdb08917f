#include "io/directory.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>

#include "base/system_error.hpp"

namespace runnel {

namespace {

enum class Links { Follow, Refuse };
enum class Missing { Make, Leave };

UniqueFd open_folder(int above, const std::string& name, Links links) {
    const int refuse = links == Links::Refuse ? O_NOFOLLOW : 0;
    return UniqueFd(::openat(above, name.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC | refuse));
}

/// Returns 0 or an errno; 0 also if another process has made the folder meanwhile.
int make_folder(int above, const std::string& name) {
    if (::mkdirat(above, name.c_str(), 0777) == 0) {
        return sync_folder(above);
    }
    return errno == EEXIST ? 0 : errno;
}

Result<UniqueFd> enter(int above, const std::string& name, Links links, Missing missing) {
    UniqueFd folder = open_folder(above, name, links);
    if (!folder && errno == ENOENT && missing == Missing::Make) {
        if (const int error = make_folder(above, name)) {
            return system_error(ErrorClass::Sink, "", error);
        }
        folder = open_folder(above, name, links);
    }
    return folder ? Result<UniqueFd>(std::move(folder)) : system_error(ErrorClass::Sink, "", errno);
}

/// Opens the folder \a path, which is relative to \a start in the folder \a above.
Result<UniqueFd> descend(int above, const char* start, std::string_view path, Links links,
                         Missing missing) {
    Result<UniqueFd> folder = enter(above, start, links, Missing::Leave);
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

Result<UniqueFd> descend_from_root(std::string_view path, Missing missing) {
    return descend(AT_FDCWD, path.starts_with('/') ? "/" : ".", path, Links::Follow, missing);
}

/// Opens the folder that contains \a path in \a root.
Result<UniqueFd> open_parent(const UniqueFd& root, std::string_view path, Missing missing) {
    return descend(root.get(), ".", path.substr(0, path.rfind('/') + 1), Links::Refuse, missing);
}

std::string name_of(std::string_view path) { return std::string(path.substr(path.rfind('/') + 1)); }

}  // namespace

Result<Directory> Directory::open(const std::string& path) {
    RUNNEL_TRY_ASSIGN(UniqueFd folder, descend_from_root(path, Missing::Leave));
    return Directory(std::move(folder));
}

Result<Directory> Directory::make(const std::string& path) {
    RUNNEL_TRY_ASSIGN(UniqueFd folder, descend_from_root(path, Missing::Make));
    return Directory(std::move(folder));
}

Result<bool> Directory::has(std::string_view path) const {
    const Result<UniqueFd> folder = open_parent(folder_, path, Missing::Leave);
    if (!folder) {
        return folder.error().code() == ENOENT ? Result<bool>(false) : folder.error();
    }
    return occupied(folder->get(), name_of(path));
}

Result<AtomicFile> Directory::create(std::string_view path, AtomicFile::Access access,
                                     AtomicFile::Temporary temporary) const {
    RUNNEL_TRY_ASSIGN(UniqueFd folder, open_parent(folder_, path, Missing::Make));
    return AtomicFile::create(std::move(folder), name_of(path), access, temporary);
}

}  // namespace runnel
