#include "io/command_path.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <string_view>

namespace runnel::detail {

namespace {

/// The PATH that execvp() uses if none is set.
constexpr std::string_view kDefaultPath = "/bin:/usr/bin";

std::string_view search_path(char* const* variables) {
    constexpr std::string_view kName = "PATH=";
    for (; variables != nullptr && *variables != nullptr; ++variables) {
        const std::string_view variable(*variables);
        if (variable.starts_with(kName)) {
            return variable.substr(kName.size());
        }
    }
    return kDefaultPath;
}

/// Returns 0 if \a file is executable, else an errno.
int check_executable(const std::string& file) {
    struct stat found = {};
    if (::stat(file.c_str(), &found) != 0) {
        return errno;
    }
    return S_ISREG(found.st_mode) && ::access(file.c_str(), X_OK) == 0 ? 0 : EACCES;
}

}  // namespace

std::string command_path(const ProcessOptions& options, char* const* variables, int& error) {
    const std::string& name = options.argv.front();
    const auto check_file = [&options](const std::string& file) {
        const bool relative = file.front() != '/' && !options.working_directory.empty();
        return check_executable(relative ? options.working_directory + '/' + file : file);
    };
    if (name.find('/') != std::string::npos) {
        error = check_file(name);
        return error == 0 ? name : std::string();
    }
    error = ENOENT;
    if (name.empty()) {
        return std::string();
    }
    for (std::string_view rest = search_path(variables);;) {
        const std::size_t end = rest.find(':');
        const std::string_view folder = rest.substr(0, end);
        std::string file(folder.empty() ? "." : folder);
        file += '/';
        file += name;
        const int result = check_file(file);
        if (result == 0) {
            error = 0;
            return file;
        }
        if (result == EACCES) {
            error = EACCES;
        }
        if (end == std::string_view::npos) {
            return std::string();
        }
        rest.remove_prefix(end + 1);
    }
}

}  // namespace runnel::detail
