#include "app/fetch/input_reader.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "async/run.hpp"
#include "support/descriptors.hpp"
#include "support/tasks.hpp"

namespace runnel {
namespace {

using Strings = std::vector<std::string>;

class InputReaderTest : public testing::Test {
protected:
    void add_file(std::string name, std::string_view content) {
        files.push_back(InputReader::File{std::move(name), test::make_file(content)});
    }
    void make(Strings arguments = {}) {
        RequestMaker maker(policy, RequestDefaults(), url_template);
        inputs = std::make_unique<InputReader>(loop, std::move(maker), std::move(arguments),
                                               std::move(files), separator);
    }
    Result<std::optional<Input>> next() { return run(loop, inputs->next()); }
    /// Returns `<file>:<line>:<text>` of each input, with a leading `!` if it is not a request.
    Strings rest() {
        Strings all;
        for (;;) {
            const Result<std::optional<Input>> input = next();
            if (!input) {
                all.push_back("error: " + input.error().message());
                return all;
            }
            if (!*input) {
                return all;
            }
            const Input& read = **input;
            const std::string number = read.line_number ? std::to_string(*read.line_number) : "";
            all.push_back((read.request ? "" : "!") + read.file_in + ":" + number + ":" +
                          read.text);
        }
    }

    Loop loop;
    http::Policy policy;
    std::optional<UrlTemplate> url_template;
    Separator separator = Separator::Newline;
    std::vector<InputReader::File> files;
    std::unique_ptr<InputReader> inputs;
};

TEST_F(InputReaderTest, ReadsTheArgumentsThenTheFiles) {
    add_file("one", "http://c/\nhttp://d/\n");
    add_file("two", "http://e/");
    make({"http://a/", "http://b/"});
    EXPECT_EQ(rest(), (Strings{"::http://a/", "::http://b/", "one:1:http://c/", "one:2:http://d/",
                               "two:1:http://e/"}));
    EXPECT_EQ(inputs->count(), 5U);
    EXPECT_TRUE(inputs->at_end());
    EXPECT_EQ(rest(), Strings());
}

TEST_F(InputReaderTest, ReadsNothingWithoutArgumentsAndFiles) {
    make();
    EXPECT_FALSE(inputs->at_end());
    EXPECT_EQ(rest(), Strings());
    EXPECT_TRUE(inputs->at_end());
    EXPECT_EQ(inputs->count(), 0U);
}

TEST_F(InputReaderTest, SkipsBlankLinesAndCommentsButCountsThem) {
    add_file("one", "\xef\xbb\xbf# urls\r\n\r\n  http://a/  \r\n\n#http://b/\nhttp://c/\r\n");
    add_file("two", "\xef\xbb\xbfhttp://d/\n");
    make();
    EXPECT_EQ(rest(), (Strings{"one:3:http://a/", "one:6:http://c/", "two:1:http://d/"}));
    EXPECT_EQ(inputs->count(), 3U);
}

TEST_F(InputReaderTest, ReadsAnEmptyFile) {
    add_file("empty", "");
    add_file("two", "http://a/\n");
    make();
    EXPECT_EQ(rest(), (Strings{"two:1:http://a/"}));
}

TEST_F(InputReaderTest, ReturnsLinesThatAreNotRequests) {
    add_file("one", "what is this\nhttp://a/\nftp://b/\n");
    make({"word"});
    EXPECT_EQ(rest(),
              (Strings{"!::word", "!one:1:what is this", "one:2:http://a/", "!one:3:ftp://b/"}));
    EXPECT_EQ(inputs->count(), 4U);
}

TEST_F(InputReaderTest, DoesNotTrimArguments) {
    make({" http://a/", "# http://b/"});
    EXPECT_EQ(rest(), (Strings{"!:: http://a/", "!::# http://b/"}));
}

TEST_F(InputReaderTest, ReadsInputsSeparatedByNul) {
    using namespace std::string_view_literals;
    add_file("one", "http://a/\0\0 \n\0#b\0http://c/"sv);
    add_file("two", "http://d/\nhttp://e/\0\n"sv);
    separator = Separator::Nul;
    make({"http://f/"});
    EXPECT_EQ(rest(), (Strings{"::http://f/", "one:1:http://a/", "!one:4:#b", "one:5:http://c/",
                               "!two:1:http://d/\nhttp://e/"}));
}

TEST_F(InputReaderTest, UsesItsRequestMaker) {
    url_template = *UrlTemplate::parse("http://a/{}");
    add_file("one", "# comment\n x y \r\n");
    make({"z"});
    for (const char* url : {"http://a/z", "http://a/x%20y"}) {
        const Result<std::optional<Input>> input = next();
        ASSERT_TRUE(input.ok() && *input && (**input).request);
        EXPECT_EQ((**input).request->url.text(), url);
    }
}

TEST_F(InputReaderTest, ReportsALineThatIsTooLong) {
    add_file("one",
             "http://a/\nhttp://" + std::string(std::size_t{17} << 20, 'b') + "/\nhttp://c/\n");
    make();
    EXPECT_TRUE(next().ok());
    const Result<std::optional<Input>> input = next();
    ASSERT_TRUE(input.ok() && *input);
    EXPECT_EQ((**input).line_number, 2U);
    EXPECT_LE((**input).text.size(), 256U);
    ASSERT_FALSE((**input).request.ok());
    EXPECT_EQ((**input).request.error().error_class(), ErrorClass::BadInput);
    EXPECT_NE((**input).request.error().message().find("longer than"), std::string::npos);
    EXPECT_EQ(rest(), (Strings{"one:3:http://c/"}));
    EXPECT_EQ(inputs->count(), 3U);
}

TEST_F(InputReaderTest, FailsAtAFileThatCannotBeRead) {
    add_file("one", "http://a/\n");
    files.push_back(InputReader::File{"folder", test::open_path("/tmp", O_RDONLY)});
    add_file("two", "http://b/\n");
    make({"http://c/"});
    const Strings all = rest();
    ASSERT_EQ(all.size(), 3U);
    EXPECT_EQ(all[1], "one:1:http://a/");
    EXPECT_TRUE(all[2].starts_with("error: cannot read folder: ")) << all[2];
    EXPECT_TRUE(all[2].ends_with("Is a directory")) << all[2];
    EXPECT_FALSE(inputs->at_end());
}

TEST_F(InputReaderTest, ReturnsInputsAsTheyArrive) {
    test::Ends pipe = test::make_pipe();
    files.push_back(InputReader::File{"pipe", std::move(pipe.first)});
    make();
    ASSERT_TRUE(test::write_all(pipe.second.get(), "http://a/\nhttp://b"));
    const Result<std::optional<Input>> first = next();
    ASSERT_TRUE(first.ok() && *first);
    EXPECT_EQ((**first).text, "http://a/");
    EXPECT_THROW(static_cast<void>(run(loop, inputs->next(), test::stopped())), Cancelled);
    ASSERT_TRUE(test::write_all(pipe.second.get(), "/\nhttp://c/"));
    pipe.second.reset();
    EXPECT_EQ(rest(), (Strings{"pipe:2:http://b/", "pipe:3:http://c/"}));
}

TEST_F(InputReaderTest, ReportsTheShareRead) {
    add_file("one", "http://c/\nhttp://d/\n");
    make({"http://a/", "http://b/"});
    EXPECT_EQ(inputs->share_read(), 0);
    for (const double part : {0.25, 0.5, 0.75, 1.0}) {
        ASSERT_TRUE(next().ok());
        EXPECT_EQ(inputs->share_read(), part);
    }
}

TEST_F(InputReaderTest, CountsOnlyTheRestOfAPartlyReadFile) {
    add_file("one", "read already\nhttp://c/\nhttp://d/\n");
    ASSERT_EQ(::lseek(files.front().descriptor.get(), 13, SEEK_SET), 13);
    make();
    ASSERT_TRUE(next().ok());
    EXPECT_EQ(inputs->share_read(), 0.5);
}

TEST_F(InputReaderTest, ReturnsTheRestOfArgumentsAndFilesAsItCame) {
    add_file("one", "# c\nhttp://c/ \r\nno url\n");
    add_file("two", "\nlast");
    make({"http://a/", "http://b/"});
    ASSERT_TRUE(next().ok());
    Strings left;
    for (;;) {
        const Result<std::optional<Line>> line = run(loop, inputs->rest());
        ASSERT_TRUE(line.ok());
        if (!*line) {
            break;
        }
        left.push_back((*line)->text);
    }
    EXPECT_EQ(left, (Strings{"http://b/", "http://c/", "no url", "last"}));
    EXPECT_EQ(inputs->count(), 1U);
    EXPECT_FALSE(inputs->cut_off());
}

TEST_F(InputReaderTest, TakesNothingFromAPipeForTheRest) {
    std::array<int, 2> ends = {};
    ASSERT_EQ(::pipe(ends.data()), 0);
    const UniqueFd writer(ends[1]);
    ASSERT_EQ(::write(writer.get(), "http://a/\n", 10), 10);
    files.push_back(InputReader::File{"pipe", UniqueFd(ends[0])});
    make();
    EXPECT_FALSE(run(loop, inputs->rest()).value().has_value());
    EXPECT_FALSE(inputs->cut_off()) << "nothing was taken";
}

TEST_F(InputReaderTest, CannotReportTheShareOfAPipe) {
    std::array<int, 2> ends = {};
    ASSERT_EQ(::pipe(ends.data()), 0);
    files.push_back(InputReader::File{"pipe", UniqueFd(ends[0])});
    ::close(ends[1]);
    make({"http://a/"});
    ASSERT_TRUE(next().ok());
    EXPECT_EQ(inputs->share_read(), std::nullopt);
    ASSERT_TRUE(next().ok());
    EXPECT_EQ(inputs->share_read(), 1) << "at the end";
}

}  // namespace
}  // namespace runnel
