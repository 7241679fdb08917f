#include "io/process.hpp"

#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "async/gather.hpp"
#include "async/run.hpp"
#include "io/tcp.hpp"
#include "support/byte_streams.hpp"
#include "support/children.hpp"
#include "support/co_assert.hpp"
#include "support/descriptors.hpp"
#include "support/named_file.hpp"
#include "support/tasks.hpp"

namespace runnel {
namespace {

using namespace std::chrono_literals;
using Started = Result<std::unique_ptr<Process>>;
using test::shell;

std::unique_ptr<Process> start(Loop& loop, const ProcessOptions& options) {
    Started process = Process::start(loop, options);
    EXPECT_TRUE(process.ok()) << process.error().message();
    return std::move(process).value();
}

/// Returns the number of open descriptors without a loop. Starts a child before, because libuv
/// opens a pipe for signals with the first one and keeps it.
std::set<int> descriptors_without_a_loop() {
    {
        Loop loop;
        const auto first = start(loop, ProcessOptions({"/bin/true"}));
        run(loop, first->wait());
    }
    return test::open_descriptors();
}

/// Reads the stdout of the process to its end.
std::string output_of(const ProcessOptions& options) {
    Loop loop;
    const auto process = start(loop, options);
    auto both = run(loop, gather(test::take_all(process->out()), process->wait()));
    EXPECT_TRUE(std::get<1>(both).ok()) << std::get<1>(both).to_string();
    return std::get<0>(both);
}

TEST(Process, ReportsTheExitCode) {
    Loop loop;
    const auto process = start(loop, shell("exit 3"));
    const ProcessEnding ending = run(loop, process->wait());
    EXPECT_FALSE(ending.ok());
    EXPECT_EQ(ending.exit_code(), 3);
    EXPECT_EQ(ending.signal(), 0);
    EXPECT_EQ(ending.shell_status(), 3);
    EXPECT_EQ(ending.to_string(), "exited with 3");
    EXPECT_EQ(run(loop, process->wait()).exit_code(), 3);
    EXPECT_TRUE(test::has_no_children());
}

TEST(Process, WaitsForTheExitForALimitedTime) {
    Loop loop;
    const auto process = start(loop, shell("sleep 0.1; exit 3"));
    EXPECT_FALSE(run(loop, process->wait_exit_within(10ms)));
    EXPECT_TRUE(run(loop, process->wait_exit_within(60s)));
    EXPECT_EQ(process->ending()->exit_code(), 3);
    EXPECT_TRUE(run(loop, process->wait_exit_within(10ms)));
}

TEST(Process, WaitsForItsOutputsForALimitedTime) {
    Loop loop;
    ProcessOptions options = shell("echo said; sleep 1000 &");
    options.out = Stdio::pipe();
    options.err = Stdio::pipe();
    const auto process = start(loop, options);
    // Zero means no limit.
    EXPECT_TRUE(run(loop, process->wait_exit_within(0s)));
    EXPECT_FALSE(run(loop, process->wait_outputs(20ms)));
    EXPECT_TRUE(process->kill(SIGKILL).ok());
    EXPECT_TRUE(run(loop, process->wait_outputs(60s)));
    EXPECT_EQ(run(loop, process->out().read()).value(), "said\n");
}

TEST(Process, ReportsTheSignalThatKilledIt) {
    Loop loop;
    const auto process = start(loop, shell("kill -USR1 $$"));
    const ProcessEnding ending = run(loop, process->wait());
    EXPECT_FALSE(ending.ok());
    EXPECT_EQ(ending.signal(), SIGUSR1);
    EXPECT_EQ(ending.shell_status(), 128 + SIGUSR1);
    EXPECT_EQ(ending.to_string(), "was killed by signal " + std::to_string(SIGUSR1));
}

TEST(Process, SeparatesItsOutputs) {
    Loop loop;
    const auto process = start(loop, shell("echo out; echo err >&2"));
    run(loop, process->wait());
    EXPECT_EQ(run(loop, test::take_all(process->out())), "out\n");
    EXPECT_EQ(run(loop, test::take_all(process->err())), "err\n");
}

TEST(Process, AnswersLineByLine) {
    Loop loop;
    ProcessOptions options({"tee", "--"});
    options.in = Stdio::pipe();
    options.out = Stdio::pipe();
    const auto process = start(loop, options);
    LineStream lines(process->out());
    for (const char* text : {"one", "", "three"}) {
        ASSERT_TRUE(run(loop, process->in().write(text + std::string("\n"))).ok());
        EXPECT_EQ(run(loop, test::take_line(lines)), text);
    }
    ASSERT_TRUE(run(loop, process->in().close_write()).ok());
    EXPECT_EQ(run(loop, test::take_line(lines)), "(end)");
    EXPECT_TRUE(run(loop, process->wait()).ok());
}

TEST(Process, TransfersManyBytesThroughItsPipes) {
    constexpr std::size_t kMuch = std::size_t{4} << 20;
    Loop loop;
    ProcessOptions options({"cat"});
    options.in = Stdio::pipe();
    options.out = Stdio::pipe();
    const auto process = start(loop, options);
    auto send = [&]() -> Task<bool> {
        const Result<void> sent = co_await process->in().write(std::string(kMuch, 'x'));
        const Result<void> closed = co_await process->in().close_write();
        co_return sent.ok() && closed.ok();
    };
    const auto all = run(loop, gather(send(), test::take_all(process->out()), process->wait()));
    EXPECT_TRUE(std::get<0>(all));
    EXPECT_EQ(std::get<1>(all), std::string(kMuch, 'x'));
    EXPECT_TRUE(std::get<2>(all).ok());
}

TEST(Process, FailsToWriteIfItsInputIsNotRead) {
    Loop loop;
    ProcessOptions options = shell("exec <&-; echo closed; sleep 1000");
    options.in = Stdio::pipe();
    const auto process = start(loop, options);
    EXPECT_EQ(run(loop, process->out().read()).value(), "closed\n");
    const Result<void> written = run(loop, process->in().write("abc"));
    ASSERT_FALSE(written.ok());
    EXPECT_EQ(written.error().code(), EPIPE);
    EXPECT_EQ(written.error().message().substr(0, 13), "stdin of sh: ");
}

TEST(Process, UsesGivenDescriptors) {
    const UniqueFd in = test::make_file("from a file");
    const UniqueFd out = test::make_file("");
    Loop loop;
    ProcessOptions options({"sh", "-c", "cat; echo err >&2"});
    options.in = Stdio::descriptor(in.get());
    options.out = Stdio::descriptor(out.get());
    options.err = Stdio::descriptor(out.get());
    const auto process = start(loop, options);
    EXPECT_TRUE(run(loop, process->wait()).ok());
    ASSERT_EQ(::lseek(out.get(), 0, SEEK_SET), 0);
    EXPECT_EQ(test::read_all(out.get()), "from a fileerr\n");
}

TEST(Process, ReadsNothingFromNull) {
    EXPECT_EQ(output_of(shell("cat; readlink /proc/self/fd/0")), "/dev/null\n");
}

TEST(Process, OpensItsPipesByName) {
    ProcessOptions options = shell("cat /dev/stdin >/dev/stdout");
    options.in = Stdio::pipe();
    Loop loop;
    const auto process = start(loop, options);
    ASSERT_TRUE(run(loop, process->in().write("abc")).ok());
    ASSERT_TRUE(run(loop, process->in().close_write()).ok());
    EXPECT_EQ(run(loop, test::take_all(process->out())), "abc");
}

TEST(Process, GetsItsEnvironmentAndDirectory) {
    ProcessOptions options = shell("pwd; env");
    options.environment = {{"RUNNEL_TEST_A", "a b"}};
    options.working_directory = "/usr";
    const std::string all = output_of(options);
    EXPECT_EQ(all.substr(0, 5), "/usr\n");
    EXPECT_NE(all.find("\nRUNNEL_TEST_A=a b\n"), std::string::npos);
    EXPECT_NE(all.find("\nPATH="), std::string::npos);
    ProcessOptions bare({"/usr/bin/env"});
    bare.out = Stdio::pipe();
    bare.inherit_environment = false;
    bare.environment = {{"A", "1"}};
    EXPECT_EQ(output_of(bare), "A=1\n");
}

/// Expects that the process cannot be started, and that the attempt leaks nothing.
Error start_failure(const ProcessOptions& options) {
    const std::set<int> before = descriptors_without_a_loop();
    Error failure;
    {
        Loop loop;
        const Started process = Process::start(loop, options);
        EXPECT_FALSE(process.ok());
        failure = process.ok() ? Error() : process.error();
    }
    EXPECT_EQ(test::open_descriptors(), before);
    EXPECT_TRUE(test::has_no_children());
    return failure;
}

TEST(Process, ReportsThatACommandWasNotFound) {
    ProcessOptions options({"runnel-no-such-command", "secret"});
    options.out = Stdio::pipe();
    const Error failure = start_failure(options);
    EXPECT_EQ(failure.code(), ENOENT);
    EXPECT_EQ(failure.error_class(), ErrorClass::Sink);
    EXPECT_EQ(failure.message(),
              "cannot run runnel-no-such-command: No such file or directory. Is it installed, and "
              "is its folder in PATH?");
}

TEST(Process, ReportsThatACommandIsNotExecutable) {
    const Error failure = start_failure(ProcessOptions({"/etc/passwd"}));
    EXPECT_EQ(failure.code(), EACCES);
    EXPECT_NE(failure.message().find("do you have permission to execute it"), std::string::npos);
    EXPECT_EQ(start_failure(ProcessOptions({"/usr"})).code(), EACCES);
}

TEST(Process, ReportsThatItsDirectoryIsMissing) {
    ProcessOptions options({"true"});
    options.working_directory = "/no/such/folder";
    EXPECT_EQ(start_failure(options).message(),
              "true: cannot run in /no/such/folder: No such file or directory");
}

TEST(Process, RefusesInvalidOptions) {
    EXPECT_EQ(start_failure(ProcessOptions()).error_class(), ErrorClass::BadInput);
}

TEST(Process, ReportsThatItsArgumentsAreTooLong) {
    const std::string big(std::size_t{1} << 20, 'x');
    EXPECT_EQ(start_failure(ProcessOptions({"true", big, big, big})).code(), E2BIG);
}

/// The expected output of `ls /proc/self/fd`: the standard descriptors, those that every child
/// inherits, and the folder that ls reads.
std::string expected_descriptors(const std::set<int>& open) {
    std::set<int> expected = {0, 1, 2};
    for (const int fd : open) {
        if (fd > 2 && (::fcntl(fd, F_GETFD) & FD_CLOEXEC) == 0) {
            expected.insert(fd);
        }
    }
    int folder = 3;
    while (expected.count(folder) != 0) {
        ++folder;
    }
    expected.insert(folder);
    std::ostringstream lines;
    for (const int fd : expected) {
        lines << fd << '\n';
    }
    return lines.str();
}

TEST(Process, InheritsNoOtherDescriptors) {
    const std::string expected = expected_descriptors(test::open_descriptors());
    Loop loop;
    const auto server = TcpServer::listen(loop, "127.0.0.1", 0).value();
    auto connect = gather(TcpStream::connect(loop, "127.0.0.1", server->port()), server->accept());
    const auto connection = run(loop, std::move(connect));
    ProcessOptions other = shell("read line");
    other.in = Stdio::pipe();
    const auto sibling = start(loop, other);
    ProcessOptions options({"ls", "-v", "/proc/self/fd"});
    options.in = Stdio::pipe();
    options.out = Stdio::pipe();
    const auto process = start(loop, options);
    EXPECT_EQ(run(loop, test::take_all(process->out())), expected);
}

/// Returns how a shell ends that sends \a signal to itself.
int signal_that_ends(int signal) {
    Loop loop;
    const auto process = start(loop, shell("kill -" + std::to_string(signal) + " $$"));
    return run(loop, process->wait()).signal();
}

TEST(Process, StartsWithSignalsAtTheirDefault) {
    std::signal(SIGPIPE, SIG_IGN);
    std::signal(SIGUSR2, SIG_IGN);
    std::signal(SIGRTMIN + 1, SIG_IGN);
    sigset_t blocked;
    sigset_t before;
    sigemptyset(&blocked);
    sigaddset(&blocked, SIGUSR1);
    pthread_sigmask(SIG_BLOCK, &blocked, &before);
    EXPECT_EQ(signal_that_ends(SIGPIPE), SIGPIPE) << "was ignored";
    EXPECT_EQ(signal_that_ends(SIGUSR2), SIGUSR2) << "was ignored";
    EXPECT_EQ(signal_that_ends(SIGRTMIN + 1), SIGRTMIN + 1) << "was ignored";
    EXPECT_EQ(signal_that_ends(SIGUSR1), SIGUSR1) << "was blocked";
    pthread_sigmask(SIG_SETMASK, &before, nullptr);
    std::signal(SIGUSR2, SIG_DFL);
    std::signal(SIGRTMIN + 1, SIG_DFL);
}

/// While it lives, descriptor \a number of this process is a file.
class Diverted {
public:
    explicit Diverted(int number) : number_(number), before_(::dup(number)) {
        ::dup2(file_.get(), number);
    }
    Diverted(const Diverted&) = delete;
    Diverted& operator=(const Diverted&) = delete;
    ~Diverted() { ::dup2(before_.get(), number_); }

    std::string content() const {
        ::lseek(file_.get(), 0, SEEK_SET);
        return test::read_all(file_.get());
    }

private:
    int number_;
    UniqueFd before_;
    UniqueFd file_ = test::make_file("");
};

TEST(Process, GetsSwappedStandardDescriptors) {
    const Diverted out(STDOUT_FILENO);
    const Diverted err(STDERR_FILENO);
    Loop loop;
    ProcessOptions options = shell("echo to stdout; echo to stderr >&2");
    options.out = Stdio::descriptor(STDERR_FILENO);
    options.err = Stdio::descriptor(STDOUT_FILENO);
    run(loop, start(loop, options)->wait());
    EXPECT_EQ(out.content(), "to stderr\n");
    EXPECT_EQ(err.content(), "to stdout\n");
}

TEST(Process, RunsAScriptWithoutAnInterpreterLine) {
    const test::NamedFile script("echo \"$0 got $1\"\n");
    ASSERT_EQ(::chmod(script.path().c_str(), 0755), 0);
    ProcessOptions options({script.path(), "this"});
    options.out = Stdio::pipe();
    EXPECT_EQ(output_of(options), script.path() + " got this\n");
}

TEST(Process, IsSearchedInTheChildsPath) {
    const test::NamedFile script("#!/bin/sh\necho found\n");
    ASSERT_EQ(::chmod(script.path().c_str(), 0755), 0);
    const std::size_t slash = script.path().rfind('/');
    ProcessOptions options({script.path().substr(slash + 1)});
    options.out = Stdio::pipe();
    options.environment = {{"PATH", "/nowhere:" + script.path().substr(0, slash)}};
    EXPECT_EQ(output_of(options), "found\n");
    options.environment = {{"PATH", ""}};
    options.working_directory = script.path().substr(0, slash);
    EXPECT_EQ(output_of(options), "found\n") << "an empty PATH means the working directory";
}

TEST(Process, LeadsAGroupOfItsOwn) {
    Loop loop;
    const auto process = start(loop, shell("echo $$; ps -o pgid=,sid= -p $$ | tr -s ' '"));
    EXPECT_EQ(::getpgid(process->pid()), process->pid());
    EXPECT_EQ(::getsid(process->pid()), process->pid());
    run(loop, process->wait());
}

TEST(Process, WaitsForTheEndOfItsOutput) {
    Loop loop;
    const auto process = start(loop, shell("(sleep 0.05; echo late) & exit 4"));
    EXPECT_EQ(run(loop, process->wait()).exit_code(), 4);
    EXPECT_EQ(run(loop, test::take_all(process->out())), "late\n");
}

TEST(Process, CanBeAwaitedAloneIfAGrandchildKeepsItsPipe) {
    Loop loop;
    const auto process = start(loop, shell("sleep 1000 & exit 4"));
    EXPECT_TRUE(run(loop, process->wait_exit()));
    EXPECT_EQ(process->ending()->exit_code(), 4);
    const test::StopAfter stop(loop, 10ms);
    EXPECT_THROW(run(loop, process->wait(), stop.token()), Cancelled);
    EXPECT_TRUE(process->kill(SIGKILL).ok());
    EXPECT_EQ(run(loop, process->wait()).exit_code(), 4);
    EXPECT_EQ(process->kill(SIGKILL).error().code(), ESRCH);
}

TEST(Process, WaitsForItsExitUntilADeadline) {
    Loop loop;
    const auto process = start(loop, shell("sleep 1000"));
    EXPECT_FALSE(run(loop, process->wait_exit(Deadline(loop.now() + 5ms))));
    EXPECT_FALSE(process->ending());
}

TEST(Process, IsTerminated) {
    Loop loop;
    const char* const script =
        "trap 'echo bye; exit 7' TERM; echo ready; while :; do sleep 0.01; done";
    const auto process = start(loop, shell(script));
    EXPECT_EQ(run(loop, process->out().read()).value(), "ready\n");
    const auto both = run(loop, gather(process->wait(), process->terminate(60s)));
    EXPECT_EQ(std::get<0>(both).exit_code(), 7);
    EXPECT_EQ(std::get<1>(both).value().exit_code(), 7);
    EXPECT_EQ(run(loop, test::take_all(process->out())), "bye\n");
}

TEST(Process, IsKilledAfterTheGraceWithItsGrandchildren) {
    Loop loop;
    const auto process = start(loop, shell("trap '' TERM; sleep 1000 & echo ready; wait; wait"));
    EXPECT_EQ(run(loop, process->out().read()).value(), "ready\n");
    const TimePoint before = loop.now();
    const auto both = run(loop, gather(process->wait(), process->terminate(30ms)));
    EXPECT_GE(loop.now() - before, 30ms);
    EXPECT_EQ(std::get<0>(both).signal(), SIGKILL);
    EXPECT_EQ(std::get<1>(both).value().signal(), SIGKILL);
    EXPECT_TRUE(test::has_no_children());
}

TEST(Process, KillsAGrandchildThatOutlivesItAndIgnoresTheRequest) {
    Loop loop;
    // Only the grandchild ignores SIGTERM, and its only pipe to this process is stderr.
    test::Ends pipe = test::make_pipe();
    ProcessOptions options({"sh", "-c", "(trap '' TERM; echo ready; exec sleep 1000) & wait"});
    options.out = Stdio::descriptor(pipe.second.get());
    const auto process = start(loop, options);
    EXPECT_EQ(test::read_exactly(pipe.first.get(), 6), "ready\n");
    const Result<ProcessEnding> ending = run(loop, process->terminate(30ms));
    EXPECT_EQ(ending.value().signal(), SIGTERM);
    pipe.second.reset();
    EXPECT_EQ(test::read_all(pipe.first.get()), "");
}

TEST(Process, CanBeTerminatedWhenItHasEnded) {
    Loop loop;
    const auto process = start(loop, shell("exit 3"));
    run(loop, process->wait());
    EXPECT_EQ(run(loop, process->terminate(60s)).value().exit_code(), 3);
    EXPECT_EQ(process->kill(SIGTERM).error().code(), ESRCH);
}

TEST(Process, ContinuesIfAWaitIsStopped) {
    Loop loop;
    ProcessOptions options = shell("read line; exit 5");
    options.in = Stdio::pipe();
    const auto process = start(loop, options);
    const test::StopAfter stop(loop, 5ms);
    EXPECT_THROW(run(loop, process->wait(), stop.token()), Cancelled);
    ASSERT_TRUE(run(loop, process->in().write("\n")).ok());
    EXPECT_EQ(run(loop, process->wait()).exit_code(), 5);
}

TEST(Process, IsKilledAndReapedByTheDestructor) {
    test::Ends pipe = test::make_pipe();
    {
        Loop loop;
        ProcessOptions options = shell("trap '' TERM; sleep 1000 & echo ready; wait");
        options.err = Stdio::descriptor(pipe.second.get());
        const auto process = start(loop, options);
        EXPECT_EQ(run(loop, process->out().read()).value(), "ready\n");
    }
    EXPECT_TRUE(test::has_no_children());
    // No process of the group is left that holds it.
    pipe.second.reset();
    EXPECT_EQ(test::read_all(pipe.first.get()), "");
}

TEST(Process, IsReapedInLaterTurnsAfterTheDestructor) {
    Loop loop;
    { const auto process = start(loop, shell("sleep 1000")); }
    for (int i = 0; i < 1000 && !test::has_no_children(); ++i) {
        run(loop, test::done_after(1ms));
    }
    EXPECT_TRUE(test::has_no_children());
}

TEST(Process, KillsAGrandchildThatHoldsAPipe) {
    test::Ends pipe = test::make_pipe();
    Loop loop;
    {
        ProcessOptions options = shell("sleep 1000 & exit");
        options.err = Stdio::descriptor(pipe.second.get());
        const auto process = start(loop, options);
        EXPECT_TRUE(run(loop, process->wait_exit()));
    }
    pipe.second.reset();
    EXPECT_EQ(test::read_all(pipe.first.get()), "");
}

TEST(Process, HasOnlyTheRequestedStreams) {
    Loop loop;
    const auto process = start(loop, shell("exit"));
    EXPECT_DEATH(static_cast<void>(process->in()), "not requested");
    run(loop, process->wait());
}

/// Opens all free descriptors, and closes some of them again.
class FewDescriptors {
public:
    FewDescriptors() {
        RUNNEL_ENSURE(::getrlimit(RLIMIT_NOFILE, &before_) == 0, "getrlimit");
        rlimit few = before_;
        few.rlim_cur = static_cast<rlim_t>(*test::open_descriptors().rbegin()) + 20;
        RUNNEL_ENSURE(::setrlimit(RLIMIT_NOFILE, &few) == 0, "setrlimit");
        for (;;) {
            UniqueFd copy(::fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 0));
            if (!copy) {
                break;
            }
            taken_.push_back(std::move(copy));
        }
    }
    FewDescriptors(const FewDescriptors&) = delete;
    FewDescriptors& operator=(const FewDescriptors&) = delete;
    ~FewDescriptors() { ::setrlimit(RLIMIT_NOFILE, &before_); }

    void give_back_one() { taken_.pop_back(); }
    [[nodiscard]] std::size_t left() const { return taken_.size(); }

private:
    rlimit before_ = {};
    std::vector<UniqueFd> taken_;
};

TEST(Process, ReportsThatNoDescriptorsAreLeft) {
    const ProcessOptions options = shell("exit");
    Loop loop;
    run(loop, start(loop, options)->wait());
    FewDescriptors few;
    int failures = 0;
    for (;;) {
        const Started process = Process::start(loop, options);
        if (process.ok()) {
            EXPECT_TRUE(run(loop, process.value()->wait()).ok());
            break;
        }
        EXPECT_EQ(process.error().code(), EMFILE) << process.error().message();
        ++failures;
        ASSERT_GT(few.left(), 0U);
        few.give_back_one();
    }
    // For two pipes to the child and for libuv.
    EXPECT_GE(failures, 4);
    EXPECT_TRUE(test::has_no_children());
}

Task<void> run_many(Loop& loop, int how_many) {
    ProcessOptions options({"/bin/true"});
    options.in = Stdio::pipe();
    options.out = Stdio::pipe();
    for (int i = 0; i < how_many; ++i) {
        Started process = Process::start(loop, options);
        CO_ASSERT_TRUE(process.ok());
        const ProcessEnding ending = co_await process.value()->wait();
        CO_ASSERT_TRUE(ending.ok());
    }
}

TEST(Process, LeaksNothing) {
    // NOLINTNEXTLINE(concurrency-mt-unsafe): no other thread changes the environment.
    const int each = (std::getenv("RUNNEL_SLOW") != nullptr ? 400 : 2000) / 4;
    const std::set<int> before = descriptors_without_a_loop();
    {
        Loop loop;
        run(loop, test::done_after(1ms));
        run(loop, run_many(loop, 1));
        const std::set<int> started = test::open_descriptors();
        run(loop, gather(test::tasks_of<void>(run_many(loop, each), run_many(loop, each),
                                              run_many(loop, each), run_many(loop, each))));
        EXPECT_EQ(test::open_descriptors(), started);
        EXPECT_TRUE(test::has_no_children());
    }
    EXPECT_EQ(test::open_descriptors(), before);
}

TEST(Process, TerminationWithoutALimitWaitsForTheExit) {
    Loop loop;
    ProcessOptions options = shell(
        "trap 'sleep 0.1; exit 7' TERM; echo ready; "
        "while :; do sleep 0.02; done");
    options.out = Stdio::pipe();
    const auto process = start(loop, options);
    EXPECT_EQ(run(loop, process->out().read()).value(), "ready\n");
    const Result<ProcessEnding> ending = run(loop, process->terminate(Duration::max()));
    ASSERT_TRUE(ending.ok());
    EXPECT_EQ(ending.value().exit_code(), 7);
}

TEST(Process, KillsAGrandchildThatOnlyReadsAPipe) {
    Loop loop;
    int grandchild = 0;
    {
        ProcessOptions options = shell("exec 3<&0; sleep 300 <&3 3<&- >/dev/null 2>&1 & echo $!");
        options.in = Stdio::pipe();
        options.out = Stdio::pipe();
        const auto process = start(loop, options);
        grandchild = std::stoi(run(loop, process->out().read()).value());
        run(loop, process->wait());
        EXPECT_EQ(::kill(grandchild, 0), 0);
    }
    for (int i = 0; i < 500 && ::kill(grandchild, 0) == 0; ++i) {
        run(loop, test::done_after(10ms));
    }
    // In a container whose init does not reap, it stays a zombie, which reads nothing.
    EXPECT_TRUE(::kill(grandchild, 0) != 0 || test::is_zombie(grandchild));
}

}  // namespace
}  // namespace runnel
