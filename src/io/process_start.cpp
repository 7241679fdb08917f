#include "io/process_start.hpp"

#include <fcntl.h>
#include <spawn.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <optional>
#include <utility>

#include "base/system_error.hpp"
#include "io/command_path.hpp"
#include "io/descriptor_limit.hpp"
#include "io/system_calls.hpp"

namespace runnel::detail {

namespace {

constexpr std::array<const char*, 3> kStdioNames = {"stdin", "stdout", "stderr"};
constexpr int kFirstOther = STDERR_FILENO + 1;
constexpr const char* kShell = "/bin/sh";

/// Returns pointers to \a texts and a null pointer, as exec() takes them.
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
        if (const int error = all.add(*wanted[number], number)) {
            const std::string what = name + ": cannot open its " + kStdioNames[number];
            return system_error(ErrorClass::Sink, what, error);
        }
    }
    return all;
}

int ChildStdio::add(const Stdio& stdio, std::size_t number) {
    switch (stdio.kind()) {
        case Stdio::Kind::Null:
            return keep(UniqueFd(::open("/dev/null", O_RDWR | O_CLOEXEC)), number);
        case Stdio::Kind::Pipe: return add_pipe(number);
        case Stdio::Kind::Inherit: sources_[number] = static_cast<int>(number); return 0;
        case Stdio::Kind::Descriptor: break;
    }
    const int descriptor = stdio.descriptor();
    sources_[number] = descriptor;
    const bool overwritten = descriptor <= STDERR_FILENO && descriptor != static_cast<int>(number);
    return overwritten ? keep(UniqueFd(::fcntl(descriptor, F_DUPFD_CLOEXEC, kFirstOther)), number)
                       : 0;
}

int ChildStdio::add_pipe(std::size_t number) {
    std::array<UniqueFd, 2> ends;
    const int error = system_calls::make_pipe(ends);
    if (error != 0) {
        return error;
    }
    auto& [reading, writing] = ends;
    const bool child_reads = number == STDIN_FILENO;
    parent_ends_[number] = std::move(child_reads ? writing : reading);
    return keep(std::move(child_reads ? reading : writing), number);
}

/// Moves \a descriptor out of the range of the standard ones, because the child replaces those one
/// after another.
int ChildStdio::keep(UniqueFd descriptor, std::size_t number) {
    if (descriptor && descriptor.get() <= STDERR_FILENO) {
        descriptor = UniqueFd(::fcntl(descriptor.get(), F_DUPFD_CLOEXEC, kFirstOther));
    }
    if (!descriptor) {
        return errno;
    }
    sources_[number] = descriptor.get();
    child_ends_[number] = std::move(descriptor);
    return 0;
}

std::unique_ptr<ByteStream> ChildStdio::take_stream(Loop& loop, std::size_t number,
                                                    const std::string& name) {
    if (!parent_ends_[number]) {
        return nullptr;
    }
    return std::make_unique<ByteStream>(loop, std::move(parent_ends_[number]),
                                        std::string(kStdioNames[number]) + " of " + name);
}

namespace {

/// The steps of the child before exec(): it sets its three descriptors and its directory, makes its
/// own session, unblocks all signals and resets them to their default action.
class SpawnActions {
public:
    SpawnActions(const ProcessOptions& options, const ChildStdio& stdio) {
        posix_spawn_file_actions_init(&actions_);
        posix_spawnattr_init(&attributes_);
        for (int number = 0; number <= STDERR_FILENO; ++number) {
            const int source = stdio.source(static_cast<std::size_t>(number));
            add(posix_spawn_file_actions_adddup2(&actions_, source, number));
        }
        if (!options.working_directory.empty()) {
            add(posix_spawn_file_actions_addchdir_np(&actions_, options.working_directory.c_str()));
        }
        sigset_t all;
        sigset_t none;
        sigfillset(&all);
        sigemptyset(&none);
        add(posix_spawnattr_setsigdefault(&attributes_, &all));
        add(posix_spawnattr_setsigmask(&attributes_, &none));
        add(posix_spawnattr_setflags(
            &attributes_, POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSID));
    }
    SpawnActions(const SpawnActions&) = delete;
    SpawnActions& operator=(const SpawnActions&) = delete;
    ~SpawnActions() {
        posix_spawn_file_actions_destroy(&actions_);
        posix_spawnattr_destroy(&attributes_);
    }

    /// Returns 0 or an errno.
    [[nodiscard]] int spawn(const std::string& file, char* const* arguments, char* const* variables,
                            pid_t& pid) const {
        return error_ != 0
                   ? error_
                   : posix_spawn(&pid, file.c_str(), &actions_, &attributes_, arguments, variables);
    }

private:
    void add(int error) noexcept { error_ = error_ != 0 ? error_ : error; }

    posix_spawn_file_actions_t actions_;
    posix_spawnattr_t attributes_;
    int error_ = 0;
};

}  // namespace

int spawn(const ProcessOptions& options, const ChildStdio& stdio, pid_t& pid) {
    std::optional<std::vector<std::string>> variables = options.variables();
    std::vector<char*> variable_pointers;
    if (variables) {
        variable_pointers = pointers_to(*variables);
    }
    char* const* const child_variables = variables ? variable_pointers.data() : environ;
    int error = 0;
    const std::string file = command_path(options, child_variables, error);
    if (error != 0) {
        return error;
    }
    std::vector<std::string> arguments = options.argv;
    const SpawnActions actions(options, stdio);
    error = actions.spawn(file, pointers_to(arguments).data(), child_variables, pid);
    if (error == ENOEXEC) {
        // A script without a #! line: do as execvp() does.
        arguments.front() = file;
        arguments.insert(arguments.begin(), kShell);
        error = actions.spawn(kShell, pointers_to(arguments).data(), child_variables, pid);
    }
    if (error == 0) {
        restore_descriptor_limit(pid);
    }
    return error;
}

Error start_failure(const ProcessOptions& options, int error) {
    const std::string& directory = options.working_directory;
    const std::string& command = options.argv.front();
    // The errno is the same for a missing command and a missing directory.
    if (!directory.empty() && !is_directory(directory)) {
        return system_error(ErrorClass::Sink, command + ": cannot run in " + directory, error);
    }
    std::string message = "cannot run " + command + ": " + system_message(error);
    if (error == ENOENT) {
        message += ". Is it installed, and is its folder in PATH?";
    } else if (error == EACCES) {
        message += ". Is it a program, and do you have permission to execute it?";
    }
    return Error(ErrorClass::Sink, std::move(message), error);
}

}  // namespace runnel::detail
