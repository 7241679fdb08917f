#include "app/fetch/fetch_parts.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include "app/output/stdout_sink.hpp"
#include "async/task_group.hpp"
#include "support/descriptors.hpp"
#include "support/scripted_client.hpp"

namespace runnel {
namespace {

using namespace std::chrono_literals;
using Format = FetchOptions::Format;
using test::Script;
using Strings = std::vector<std::string>;

constexpr std::string_view kUrl = "http://a/";

/// Prints scripted responses in the format of the options.
class OutputFormatTest : public testing::Test {
protected:
    /// The outcome of an input.
    class End {
    public:
        std::optional<ErrorClass> failure;
        std::string message;
        bool printed = false;
        std::optional<std::string> body;
    };

    /// Fetches all \a urls at once and stores what was printed in `output`.
    std::vector<End> fetch(const Strings& urls) {
        const UniqueFd file = test::make_file("");
        const OutputPlan plan = *resolve_output(options);
        std::vector<End> ends(urls.size());
        {
            Output stdout_like(loop, file.get());
            StdoutSink sink(stdout_like);
            PrintOrder order(sink, plan.keep_order, plan.order_buffer);
            const std::unique_ptr<OutputFormat> format =
                make_output_format(plan, false, order, loop, files);
            auto body = [&]() -> Task<bool> {
                const Context& context = co_await this_task::context();
                TaskGroup group(context);
                for (std::size_t i = 0; i < urls.size(); ++i) {
                    group.start(fetch_one(*format, order.next(), urls[i], ends[i]));
                }
                co_await group.join();
                const Deadline soon = Deadline::after(loop.now(), 30s);
                co_return co_await stdout_like.flush(soon);
            };
            EXPECT_TRUE(run(loop, body()));
        }
        EXPECT_EQ(::lseek(file.get(), 0, SEEK_SET), 0);
        output = test::read_all(file.get());
        return ends;
    }
    /// Fetches one URL whose response is \a script.
    End fetch_only(Script script) {
        client.on(std::string(kUrl), std::move(script));
        return fetch({std::string(kUrl)}).front();
    }
    void extract(std::initializer_list<std::string_view> pointers) {
        for (const std::string_view pointer : pointers) {
            options.extract.push_back(*JsonPointer::parse(pointer));
        }
    }
    void write_out(std::string_view format) { options.write_out = std::string(format); }

    Loop loop;
    FetchOptions options;
    RunFiles files;
    test::ScriptedClient client;
    std::string output;

private:
    Task<void> fetch_one(OutputFormat& format, ItemWriter out, const std::string& url, End& end) {
        http::Request request(*http::Url::parse(url), options.policy);
        Item item(Input(url, "", std::nullopt, request), JournalKey(), loop.now(), std::move(out));
        item.trace.admit(loop.now(), loop.now());
        Result<std::unique_ptr<http::Response>> response =
            co_await client.send(request, http::SendOptions(), item.trace);
        Result<void> taken;
        if (response) {
            format.answered(**response, item);
            taken = co_await format.take(**response, item);
        } else {
            taken = response.error();
        }
        if (!taken) {
            item.failure = taken.error();
        }
        end.printed = item.out.printed();
        const Record record = to_record(item, loop.now());
        format.conclude(record, item);
        item.out.close();
        if (record.failure) {
            end.failure = record.failure->error_class();
            end.message = record.failure->message();
        }
        end.body = record.response_body;
    }
};

Error cut() { return Error(ErrorClass::Truncated, "cut"); }

TEST_F(OutputFormatTest, PrintsLinesAsTheyArriveUntilAFailure) {
    const End end = fetch_only(Script().piece("one\ntw").piece("o\nthr").breaks(cut()));
    EXPECT_EQ(output, "one\ntwo\n");
    EXPECT_EQ(end.failure, ErrorClass::Truncated);
    EXPECT_TRUE(end.printed);
}

TEST_F(OutputFormatTest, PrintsNothingOfAFailedBodyWithoutACompleteLine) {
    EXPECT_FALSE(fetch_only(Script().piece("on").breaks(cut())).printed);
    EXPECT_EQ(output, "");
}

// --raw

TEST_F(OutputFormatTest, RawPrintsBytesUnchanged) {
    options.format = Format::Raw;
    options.tag = true;
    const End end = fetch_only(Script().piece("\xff no newline\n\n").piece("\r\n").piece("x"));
    EXPECT_EQ(output, "\xff no newline\n\n\r\nx");
    EXPECT_TRUE(end.printed);
    EXPECT_FALSE(end.failure);
}

TEST_F(OutputFormatTest, RawPrintsBodiesInTheOrderInWhichTheyBegan) {
    options.format = Format::Raw;
    client.on("http://late/").after(30ms).piece("late ").piece("body ", 1ms);
    client.on("http://early/").piece("early ", 10ms).piece("body ", 60ms);
    client.on("http://empty/");
    for (const End& end : fetch({"http://late/", "http://early/", "http://empty/"})) {
        EXPECT_FALSE(end.failure);
    }
    EXPECT_EQ(output, "early body late body ");
}

TEST_F(OutputFormatTest, RawIsNotBlockedByAServerThatSendsNoBodyYet) {
    options.format = Format::Raw;
    client.on("http://silent/").piece("silent ", 50ms);
    client.on("http://other/").after(10ms).piece("other ");
    EXPECT_FALSE(fetch({"http://silent/", "http://other/"})[1].failure);
    EXPECT_EQ(output, "other silent ");
}

TEST_F(OutputFormatTest, RawPrintsNothingOfABodyThatFailsBeforeItsTurn) {
    options.format = Format::Raw;
    client.on("http://slow/").piece("slow ").piece("body", 60ms);
    client.on("http://fails/").after(10ms).piece("nothing of this").breaks(cut());
    const std::vector<End> ends = fetch({"http://slow/", "http://fails/"});
    EXPECT_EQ(output, "slow body");
    EXPECT_EQ(ends[1].failure, ErrorClass::Truncated);
    EXPECT_FALSE(ends[1].printed) << "it can be retried";
    EXPECT_TRUE(ends[0].printed);
}

TEST_F(OutputFormatTest, RawReportsThatItPrintedABodyThatFailsInItsTurn) {
    options.format = Format::Raw;
    client.on("http://short/").piece("short ").piece("body ", 10ms);
    client.on("http://fails/").piece("half ").piece("more", 60ms).breaks(cut());
    const std::vector<End> ends = fetch({"http://short/", "http://fails/"});
    EXPECT_EQ(output, "short body half more");
    EXPECT_TRUE(ends[1].printed);
    EXPECT_TRUE(ends[1].failure);
}

TEST_F(OutputFormatTest, RawDoesNotMixBodiesIfAlmostNothingCanBeParked) {
    options.format = Format::Raw;
    options.order_buffer = 1;
    Strings urls;
    for (char name = 'a'; name <= 'z'; ++name) {
        urls.push_back(std::string("http://") + name + "/");
        client.on(urls.back()).piece(std::string(5, name)).piece(std::string(3, name), 2ms);
    }
    for (const End& end : fetch(urls)) {
        EXPECT_FALSE(end.failure);
    }
    std::string expected;
    for (char name = 'a'; name <= 'z'; ++name) {
        expected += std::string(8, name);
    }
    EXPECT_EQ(output, expected);
}

// --whole

TEST_F(OutputFormatTest, WholePrintsNothingOfABodyThatFails) {
    options.whole = true;
    const End end = fetch_only(Script().piece("one\ntwo\nthree\n").breaks(cut()));
    EXPECT_EQ(output, "");
    EXPECT_EQ(end.failure, ErrorClass::Truncated);
    EXPECT_FALSE(end.printed);
}

TEST_F(OutputFormatTest, WholePrintsBodiesOneAfterAnotherAsTheyEnd) {
    options.whole = true;
    options.tag = true;
    client.on("http://a/").piece("1\n").piece("2", 20ms);
    client.on("http://b/").piece("3\n").piece("4\n", 1ms);
    fetch({"http://a/", "http://b/"});
    EXPECT_EQ(output, "http://b/\t3\nhttp://b/\t4\nhttp://a/\t1\nhttp://a/\t2\n");
}

TEST_F(OutputFormatTest, WholeAndRawPrintsTheBytesOfCompleteBodies) {
    options.whole = true;
    options.format = Format::Raw;
    options.tag = true;
    client.on("http://a/").piece("no ").piece("newline ", 20ms);
    client.on("http://b/").piece("other", 1ms).piece(" ");
    client.on("http://c/").piece("lost").breaks(cut());
    const std::vector<End> ends = fetch({"http://a/", "http://b/", "http://c/"});
    EXPECT_EQ(output, "other no newline ");
    EXPECT_TRUE(ends[0].printed);
    EXPECT_FALSE(ends[2].printed);
}

TEST_F(OutputFormatTest, WholePrintsNothingOfABodyWithAnOverlongLine) {
    options.whole = true;
    options.max_line = 5;
    const End end = fetch_only(Script().piece("one\n").piece("overlong\n"));
    EXPECT_EQ(end.failure, ErrorClass::TooLarge);
    EXPECT_EQ(output, "");
}

// --extract

TEST_F(OutputFormatTest, ExtractPrintsOneLineForEachBody) {
    extract({"/a", "/b/0"});
    options.tag = true;
    client.on("http://a/").piece("{\"a\":\"x\\ty\",").piece("\n\"b\":[{\"c\": 1.0}]}\n", 1ms);
    fetch({"http://a/"});
    EXPECT_EQ(output, "http://a/\tx\\ty\t{\"c\":1.0}\n");
}

TEST_F(OutputFormatTest, ExtractPrintsNothingIfAValueIsMissingOrTheBodyFails) {
    extract({"/a"});
    for (const char* body : {"{}", "<html>", ""}) {
        const End end = fetch_only(Script().piece(body));
        EXPECT_EQ(end.failure, ErrorClass::Extract) << body;
        EXPECT_FALSE(end.printed);
        EXPECT_EQ(output, "");
        client = test::ScriptedClient();
    }
    EXPECT_EQ(fetch_only(Script().piece("{\"a\":1}").breaks(cut())).failure, ErrorClass::Truncated);
    EXPECT_EQ(output, "");
}

TEST_F(OutputFormatTest, ExtractWithLinesReadsEachLineAsADocument) {
    extract({"/a"});
    options.format = Format::Lines;
    const End end = fetch_only(Script().piece("{\"a\":1}\n{\"a\":").piece("2}\n{}\n{\"a\":4}\n"));
    EXPECT_EQ(output, "1\n2\n");
    EXPECT_EQ(end.failure, ErrorClass::Extract);
    EXPECT_TRUE(end.printed);
}

TEST_F(OutputFormatTest, ExtractWithLinesAndWholePrintsAllOrNothing) {
    extract({"/a"});
    options.format = Format::Lines;
    options.whole = true;
    options.tag = true;
    EXPECT_TRUE(fetch_only(Script().piece("{\"a\":1}\n{}\n")).failure);
    EXPECT_EQ(output, "");
    client = test::ScriptedClient();
    EXPECT_FALSE(fetch_only(Script().piece("{\"a\":1}\n{\"a\":2}")).failure);
    EXPECT_EQ(output, "http://a/\t1\nhttp://a/\t2\n");
}

// --show-header

TEST_F(OutputFormatTest, ShowHeaderPrintsTheValuesWhenTheBodyIsComplete) {
    options.show_headers = {"A", "Absent", "B"};
    options.tag = true;
    const Script script = Script().header("A", "1").header("B", "x\ty\\z").piece("the body\n");
    EXPECT_FALSE(fetch_only(script).failure);
    EXPECT_EQ(output, "http://a/\t1\t\tx\\ty\\\\z\n");
    EXPECT_EQ(client.sent()[0].ending, test::ScriptedClient::Ending::Complete);
}

TEST_F(OutputFormatTest, ShowHeaderPrintsNothingOfABodyThatFails) {
    options.show_headers = {"A"};
    const End end = fetch_only(Script().header("A", "1").piece("half").breaks(cut()));
    EXPECT_EQ(end.failure, ErrorClass::Truncated);
    EXPECT_EQ(output, "");
    EXPECT_FALSE(end.printed);
}

// --json --body

TEST_F(OutputFormatTest, RecordsContainCompleteBodiesWithBody) {
    options.format = Format::Json;
    options.body = true;
    client.on("http://a/").piece("one\n").piece("\"two\"");
    client.on("http://b/").piece("half").breaks(cut());
    client.on("http://c/");
    const std::vector<End> ends = fetch({"http://a/", "http://b/", "http://c/"});
    EXPECT_EQ(ends[0].body, "one\n\"two\"");
    EXPECT_EQ(ends[1].body, std::nullopt);
    EXPECT_EQ(ends[2].body, "");
    EXPECT_NE(output.find("\"response_body\":\"one\\n\\\"two\\\"\"}\n"), std::string::npos);
}

TEST_F(OutputFormatTest, RecordsContainNoBodyByDefault) {
    options.format = Format::Json;
    EXPECT_EQ(fetch_only(Script().piece("x")).body, std::nullopt);
    EXPECT_EQ(output.find("response_body"), std::string::npos);
}

// -w

TEST_F(OutputFormatTest, WriteOutPrintsItsTextWhenAnInputEnds) {
    write_out("%{input} %{http_code} %{error}\\n");
    client.on("http://a/").after(20ms).piece("body");
    client.on("http://b/", Script(204)).after(40ms);
    client.on("http://c/").piece("half").breaks(cut());
    client.on("http://d/").after(60ms).fails(Error(ErrorClass::Connect, "refused"));
    fetch({"http://a/", "http://b/", "http://c/", "http://d/"});
    EXPECT_EQ(output,
              "http://c/ 200 truncated\nhttp://a/ 200 \nhttp://b/ 204 \nhttp://d/ 000 connect\n");
}

TEST_F(OutputFormatTest, WriteOutPrintsHeadersAndValuesOfTheBody) {
    write_out("%json{/b}|%header{H}|%header{Absent}|%json{/a}");
    fetch_only(Script().header("H", "h").piece("{\"a\":[1, 2],").piece("\"b\":\"x\\ny\"}"));
    EXPECT_EQ(output, "x\\ny|h||[1,2]");
}

TEST_F(OutputFormatTest, WriteOutPrintsTheOtherValuesIfOneIsMissing) {
    write_out("%json{/missing}|%json{/a}|%{error}|%{errormsg}");
    const End end = fetch_only(Script().piece("{\"a\":1}"));
    EXPECT_EQ(end.failure, ErrorClass::Extract);
    EXPECT_EQ(output, "|1|extract|" + end.message);
    EXPECT_NE(end.message.find("/missing"), std::string::npos);
}

TEST_F(OutputFormatTest, WriteOutPrintsHeadersOfAFailedResponse) {
    write_out("%header{H}|%json{/a}.");
    fetch_only(Script().header("H", "h").piece("{\"a\":").breaks(cut()));
    EXPECT_EQ(output, "h|.");
}

}  // namespace
}  // namespace runnel
