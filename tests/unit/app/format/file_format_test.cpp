#include "app/format/file_format.hpp"

#include <algorithm>
#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "app/format/record_format.hpp"
#include "app/output/stdout_sink.hpp"
#include "async/task_group.hpp"
#include "async/timeout.hpp"
#include "support/descriptors.hpp"
#include "support/exchange.hpp"
#include "support/scripted_client.hpp"
#include "support/temporary_folder.hpp"

namespace runnel {
namespace {

using namespace std::chrono_literals;
using Need = OutputFormat::Need;
using Strings = std::vector<std::string>;
using test::Script;

/// Writes scripted responses to files.
class FileFormatTest : public testing::Test {
protected:
    /// The outcome of an input.
    class End {
    public:
        std::optional<Need> need;
        std::optional<Error> failure;
        bool cancelled = false;
        std::string file;  ///< Of its record.
    };

    /// Fetches all \a urls at once, ignoring their Need, and stops after \a span.
    std::vector<End> fetch(const Strings& urls, Duration span = 30s) {
        const FileTemplate files = *FileTemplate::parse(folder.path(name));
        const UniqueFd printed = test::make_file("");
        std::vector<End> ends(urls.size());
        {
            Output stdout_like(loop, printed.get());
            StdoutSink sink(stdout_like);
            PrintOrder order(sink, false, 0);
            const Directory directory = *Directory::make(files.folder());
            FileFormat format(files, FileFormat::Naming::Numbered, FileNames(), existing, loop,
                              directory, std::make_unique<RecordFormat>(false));
            auto body = [&]() -> Task<bool> {
                const Context& context = co_await this_task::context();
                TaskGroup group(context);
                for (std::size_t i = 0; i < urls.size(); ++i) {
                    group.start(within(span, fetch_one(format, order.next(), urls[i], ends[i])));
                }
                co_await group.join();
                const Deadline soon = Deadline::after(loop.now(), 30s);
                co_return co_await stdout_like.flush(soon);
            };
            EXPECT_TRUE(run(loop, body()));
        }
        EXPECT_EQ(::lseek(printed.get(), 0, SEEK_SET), 0);
        output = test::read_all(printed.get());
        return ends;
    }
    End fetch_only(Script script) {
        client.on("http://h/page", std::move(script));
        return fetch({"http://h/page"}).front();
    }

    Loop loop;
    FileFormat::Existing existing = FileFormat::Existing::Replace;
    http::Policy policy;
    std::string name = "{name}";
    test::TemporaryFolder folder;
    test::ScriptedClient client;
    std::string output;

private:
    Task<void> within(Duration span, Task<void> fetching) {
        const Deadline by = Deadline::within(loop.now(), span);
        const bool in_time = co_await timeout(std::move(fetching), by);
        static_cast<void>(in_time);  // End::cancelled says so
    }

    Task<void> fetch_one(OutputFormat& format, ItemWriter out, const std::string& url, End& end) {
        Item item(Input(url, "", std::nullopt, test::request_for(url, policy)), JournalKey(),
                  loop.now(), std::move(out));
        try {
            co_await exchange(format, item, end);
        } catch (const Cancelled&) {
            end.cancelled = true;
            item.failure = Error(ErrorClass::Cancelled, "stopped");
        }
        const Record record = to_record(item, loop.now());
        format.conclude(record, item);
        end.file = record.file;
    }

    Task<void> exchange(OutputFormat& format, Item& item, End& end) {
        const Result<Need> need = co_await format.begin(item);
        if (!need) {
            end.failure = need.error();
            item.failure = end.failure;
            co_return;
        }
        end.need = *need;
        item.trace.admit(loop.now(), loop.now());
        Result<std::unique_ptr<http::Response>> response =
            co_await client.send(*item.input.request, http::SendOptions(), item.trace);
        format.answered(**response, item);
        Result<void> taken = co_await format.take(**response, item);
        if (!taken) {
            end.failure = taken.error();
            item.failure = end.failure;
        }
    }
};

Error cut() { return Error(ErrorClass::Truncated, "cut"); }

TEST_F(FileFormatTest, WritesABodyToItsFileAndPrintsTheRecord) {
    const End end = fetch_only(Script().piece("one ").piece("two", 1ms));
    EXPECT_FALSE(end.failure);
    EXPECT_EQ(end.need, Need::Body);
    EXPECT_EQ(folder.get("page"), "one two");
    EXPECT_EQ(end.file, folder.path("page"));
    EXPECT_NE(output.find("\"file\":\"" + folder.path("page") + "\""), std::string::npos);
}

TEST_F(FileFormatTest, WritesBodiesOfAllSizes) {
    Strings urls;
    const Strings names = {"0", "1", "65535", "65536", "65537", "200000"};
    for (const std::string& size : names) {
        urls.push_back("http://h/" + size);
        Script& script = client.on(urls.back());
        for (std::size_t left = std::stoul(size); left > 0;) {
            const std::size_t now = std::min<std::size_t>(left, 16384);
            script.piece(std::string(now, static_cast<char>('a' + left % 26)));
            left -= now;
        }
    }
    for (const End& end : fetch(urls)) {
        EXPECT_FALSE(end.failure);
    }
    for (const std::string& size : names) {
        EXPECT_EQ(folder.get(size).size(), std::stoul(size));
    }
}

TEST_F(FileFormatTest, NamesFilesInTheOrderOfTheInputs) {
    client.on("http://a/page").after(20ms).piece("late");
    client.on("http://b/page").piece("early");
    fetch({"http://a/page", "http://b/page"});
    EXPECT_EQ(folder.get("page"), "late");
    EXPECT_EQ(folder.get("page.1"), "early");
}

TEST_F(FileFormatTest, LeavesNoFileOfAFailedBody) {
    folder.put("page", "old");
    const End end = fetch_only(Script().piece(std::string(100'000, 'x')).piece("y").breaks(cut()));
    EXPECT_EQ(end.failure->error_class(), ErrorClass::Truncated);
    EXPECT_EQ(end.file, "");
    EXPECT_EQ(folder.get("page"), "old");
    EXPECT_EQ(folder.list(), Strings{"page"});
}

TEST_F(FileFormatTest, LeavesNoFileOfACancelledBody) {
    client.on("http://h/page").piece(std::string(100'000, 'x')).piece("y", 30s);
    const std::vector<End> ends = fetch({"http://h/page"}, 20ms);
    EXPECT_TRUE(ends[0].cancelled);
    EXPECT_EQ(folder.list(), Strings());
}

TEST_F(FileFormatTest, DeliversAFileWhosePublicationHasBegunAlsoIfStopped) {
    Strings urls;
    for (int i = 0; i < 200; ++i) {
        urls.push_back("http://h/" + std::to_string(i));
        client.on(urls.back()).piece("body");
    }
    const std::vector<End> ends = fetch(urls, 3ms);
    Strings delivered;
    for (const End& end : ends) {
        EXPECT_EQ(end.file.empty(), end.cancelled);
        if (!end.cancelled) {
            delivered.push_back(end.file.substr(folder.path("").size()));
        }
    }
    std::sort(delivered.begin(), delivered.end());
    EXPECT_EQ(folder.list(), delivered);
}

TEST_F(FileFormatTest, ReportsWhichFileCannotBeWrittenAndWhy) {
    name = "x/{name}/y";
    folder.put("x/page", "in the way");
    const End end = fetch_only(Script().piece("body"));
    ASSERT_TRUE(end.failure);
    EXPECT_EQ(end.failure->error_class(), ErrorClass::Sink);
    EXPECT_EQ(end.failure->code(), 23) << "as curl has it";
    EXPECT_EQ(end.failure->message(),
              "cannot write " + folder.path("x/page/y") + ": Not a directory");
}

TEST_F(FileFormatTest, RefusesAPathThatIsTooLong) {
    name = "{path}";
    std::string url = "http://h";
    for (int i = 0; i < 1000; ++i) {
        url += "/deep";
    }
    const End end = fetch({url}).front();
    ASSERT_TRUE(end.failure);
    EXPECT_EQ(end.failure->error_class(), ErrorClass::Sink);
    EXPECT_LT(end.failure->message().size(), 400U);
    EXPECT_EQ(folder.list(), Strings());
}

TEST_F(FileFormatTest, NeedsNothingIfAnExistingFileIsKept) {
    existing = FileFormat::Existing::Keep;
    folder.put("page", "old");
    client.on("http://h/new");
    client.on("http://h/page");
    const std::vector<End> ends = fetch({"http://h/page", "http://h/new"});
    EXPECT_EQ(ends[0].need, Need::Nothing);
    EXPECT_EQ(ends[1].need, Need::Body);
    EXPECT_EQ(folder.get("page"), "old") << "also when its body came all the same";
    EXPECT_EQ(ends[0].file, folder.path("page"));
}

TEST_F(FileFormatTest, NeedsAChangeOnlyIfTheFileExists) {
    existing = FileFormat::Existing::Revalidate;
    folder.put("page", "old");
    client.on("http://h/new").piece("new");
    client.on("http://h/page").piece("changed");
    const std::vector<End> ends = fetch({"http://h/page", "http://h/new"});
    EXPECT_EQ(ends[0].need, Need::Change);
    EXPECT_EQ(ends[1].need, Need::Body);
    EXPECT_EQ(folder.get("page"), "changed");
}

TEST_F(FileFormatTest, FailsBeforeTheRequestIfTheNameIsTaken) {
    existing = FileFormat::Existing::Keep;
    folder.put("page/x", "");
    const End end = fetch_only(Script().piece("body"));
    EXPECT_FALSE(end.need);
    EXPECT_EQ(end.failure->error_class(), ErrorClass::Sink);
    EXPECT_TRUE(client.sent().empty());
}

}  // namespace
}  // namespace runnel
