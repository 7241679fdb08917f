#include "io/process_start.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>
#include <utility>

#include "io/uv_error.hpp"

namespace runnel::detail {

namespace {

constexpr std::array<const char*, 3> kNames = {"stdin", "stdout", "stderr"};

/// What exec() takes: pointers into \a texts, and a null pointer.
std::vector<char*> pointers_to(std::vector<std::string>& texts) {
    std::vector<char*> pointers;
    pointers.reserve(texts.size() + 1);
    for (std::string& text : texts) {
        pointers.push_back(text.data());
    }
    pointers.push_back(nullptr);
    return pointers;
}

bool is_directory(const std::string& path) {
    struct stat found = {};
    return ::stat(path.c_str(), &found) == 0 && S_ISDIR(found.st_mode);
}

}  // namespace

Result<ChildStdio> ChildStdio::open(const ProcessOptions& options, const std::string& name) {
    ChildStdio all;
    const std::array<const Stdio*, 3> wanted = {&options.in, &options.out, &options.err};
    for (std::size_t number = 0; number < wanted.size(); ++number) {
        const int error = all.add(*wanted[number], number);
        if (error != 0) {
            return uv_failure(ErrorClass::Sink, name + ": no pipe to it", -error);
        }
    }
    return all;
}

int ChildStdio::add(const Stdio& stdio, std::size_t number) {
    uv_stdio_container_t& container = containers_[number];
    switch (stdio.kind()) {
        case Stdio::Kind::Null: container.flags = UV_IGNORE; return 0;
        case Stdio::Kind::Pipe: return add_pipe(number);
        case Stdio::Kind::Inherit: container.data.fd = static_cast<int>(number); break;
        case Stdio::Kind::Descriptor: container.data.fd = stdio.descriptor(); break;
    }
    container.flags = UV_INHERIT_FD;
    return 0;
}

int ChildStdio::add_pipe(std::size_t number) {
    std::array<int, 2> ends = {};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) {
        return errno;
    }
    UniqueFd reading(ends[0]);
    UniqueFd writing(ends[1]);
    const bool child_reads = number == STDIN_FILENO;
    childs_[number] = std::move(child_reads ? reading : writing);
    ours_[number] = std::move(child_reads ? writing : reading);
    containers_[number].flags = UV_INHERIT_FD;
    containers_[number].data.fd = childs_[number].get();
    return 0;
}

std::unique_ptr<ByteStream> ChildStdio::take_stream(Loop& loop, std::size_t number,
                                                    const std::string& name) {
    if (!ours_[number]) {
        return nullptr;
    }
    return std::make_unique<ByteStream>(loop, std::move(ours_[number]),
                                        std::string(kNames[number]) + " of " + name);
}

int spawn(Loop& loop, uv_process_t& process, uv_exit_cb on_exit, const ProcessOptions& options,
          ChildStdio& stdio) {
    std::vector<std::string> arguments = options.argv;
    std::vector<char*> argument_pointers = pointers_to(arguments);
    std::optional<std::vector<std::string>> variables = options.variables();
    std::vector<char*> variable_pointers;

    uv_process_options_t raw = {};
    raw.exit_cb = on_exit;
    raw.file = arguments.front().c_str();
    raw.args = argument_pointers.data();
    if (variables) {
        variable_pointers = pointers_to(*variables);
        raw.env = variable_pointers.data();
    }
    if (!options.working_directory.empty()) {
        raw.cwd = options.working_directory.c_str();
    }
    raw.flags = UV_PROCESS_DETACHED;
    raw.stdio_count = static_cast<int>(stdio.containers().size());
    raw.stdio = stdio.containers().data();
    return uv_spawn(loop.raw(), &process, &raw);
}

Error start_failure(const ProcessOptions& options, int status) {
    const std::string& directory = options.working_directory;
    const std::string& command = options.argv.front();
    // The system gives one number for both.
    if (!directory.empty() && !is_directory(directory)) {
        return uv_failure(ErrorClass::Sink, command + ": cannot run in " + directory, status);
    }
    std::string message = "cannot run " + command + ": ";
    message += std::system_category().message(-status);
    if (status == UV_ENOENT) {
        message += ". Is it installed, and is its folder in PATH?";
    } else if (status == UV_EACCES) {
        message += ". Is it a program, and may you execute it?";
    }
    return Error(ErrorClass::Sink, std::move(message), -status);
}

}  // namespace runnel::detail
