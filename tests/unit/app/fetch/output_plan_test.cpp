#include "app/fetch/output_plan.hpp"

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include "support/parsed_options.hpp"

namespace runnel {
namespace {

using Arguments = std::vector<std::string>;
using Printing = OutputPlan::Printing;

FetchOptions parse(Arguments arguments) {
    OptionSet set;
    FetchOptions options;
    describe_fetch(set, options);
    test::parse(set, std::move(arguments));
    return options;
}

OutputPlan resolved(const Arguments& arguments) {
    const Result<OutputPlan> plan = resolve_output(parse(arguments));
    EXPECT_TRUE(plan) << plan.error().message();
    return plan ? *plan : OutputPlan();
}

/// Returns why \a arguments are refused, by the parser or by resolve_output().
std::string refusal(const Arguments& arguments) {
    try {
        const Result<OutputPlan> plan = resolve_output(parse(arguments));
        if (!plan) {
            EXPECT_EQ(plan.error().error_class(), ErrorClass::BadInput);
            return plan.error().message();
        }
    } catch (const test::Refused& error) {
        return error.what();
    }
    ADD_FAILURE() << "accepted: " << testing::PrintToString(arguments);
    return "";
}

bool contains(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

TEST(OutputPlan, HasDefaults) {
    const OutputPlan plan = resolved({});
    EXPECT_EQ(plan.printing, Printing::Lines);
    EXPECT_FALSE(plan.tag);
    EXPECT_FALSE(plan.whole);
    EXPECT_FALSE(plan.body_in_record);
    EXPECT_TRUE(plan.filter.extract.empty());
    EXPECT_TRUE(plan.filter.show_headers.empty());
    EXPECT_FALSE(plan.text);
    EXPECT_EQ(plan.order_buffer, 64U << 20);
    EXPECT_EQ(plan.max_body, 0U);
}

TEST(OutputPlan, FollowsTheOptions) {
    EXPECT_EQ(resolved({"--json"}).printing, Printing::Records);
    EXPECT_EQ(resolved({"--lines"}).printing, Printing::Lines);
    EXPECT_EQ(resolved({"--raw"}).printing, Printing::Raw);
    EXPECT_TRUE(resolved({"--tag"}).tag);
    EXPECT_TRUE(resolved({"--whole"}).whole);
    EXPECT_TRUE(resolved({"--json", "--body"}).body_in_record);
    EXPECT_EQ(resolved({"--order-buffer", "1M"}).order_buffer, 1U << 20);
    EXPECT_EQ(resolved({"-w", "%json{/a}"}).text->pointers().size(), 1U);
    EXPECT_TRUE(resolved({"--write-out", ""}).text);
}

TEST(OutputPlan, UsesTheLastFormatAndTheLastText) {
    EXPECT_EQ(resolved({"--lines", "--json"}).printing, Printing::Records);
    EXPECT_EQ(resolved({"--json", "--lines"}).printing, Printing::Lines);
    EXPECT_EQ(resolved({"--json", "--lines", "--raw"}).printing, Printing::Raw);
    EXPECT_TRUE(resolved({"-w", "%json{/a}", "-w", "x"}).text->pointers().empty());
}

TEST(OutputPlan, OptionsWithSeveralValuesDoNotTakeUrls) {
    const FetchOptions options =
        parse({"--extract", "/a", "http://a", "--extract", "", "--extract=/b c", "http://b"});
    EXPECT_EQ(options.urls, (Arguments{"http://a", "http://b"}));
    ASSERT_EQ(options.extract.size(), 3U);
    EXPECT_EQ(options.extract[0].text(), "/a");
    EXPECT_EQ(options.extract[1].text(), "");
    EXPECT_EQ(options.extract[2].text(), "/b c");
    EXPECT_EQ(parse({"--show-header", "A", "http://a", "--show-header=b"}).show_headers,
              (Arguments{"A", "b"}));
}

TEST(OutputPlan, LimitsHeldBodiesByDefault) {
    for (const Arguments& holding :
         {Arguments{"--whole"}, Arguments{"--whole", "--raw"}, Arguments{"--json", "--body"},
          Arguments{"--extract", "/a"}, Arguments{"-w", "%json{/a}"},
          Arguments{"--lines", "--whole", "--extract", "/a"}}) {
        EXPECT_EQ(resolved(holding).max_body, 16U << 20) << testing::PrintToString(holding);
        Arguments limited = holding;
        limited.insert(limited.end(), {"--max-body", "1k"});
        EXPECT_EQ(resolved(limited).max_body, 1024U) << testing::PrintToString(limited);
        limited.back() = "0";
        EXPECT_EQ(resolved(limited).max_body, 0U) << testing::PrintToString(limited);
    }
}

TEST(OutputPlan, DoesNotLimitStreamedBodiesByDefault) {
    for (const Arguments& streaming :
         {Arguments{"--lines"}, Arguments{"--raw"}, Arguments{"--json"},
          Arguments{"--lines", "--extract", "/a"}, Arguments{"--show-header", "A"},
          Arguments{"--whole", "--json"}, Arguments{"--whole", "-w", "%{url}"},
          Arguments{"--whole", "--show-header", "A"}}) {
        EXPECT_EQ(resolved(streaming).max_body, 0U) << testing::PrintToString(streaming);
    }
    EXPECT_EQ(resolved({"--max-body", "1k"}).max_body, 1024U);
}

TEST(OutputPlan, RefusesTwoFormatsAndNamesBoth) {
    const std::vector<Arguments> formats = {{"--lines"},         {"--raw"},
                                            {"--json"},          {"--extract=/a"},
                                            {"--show-header=A"}, {"--write-out=x"}};
    const std::size_t replaced = 3;  // the last of the first three wins
    for (std::size_t i = 0; i < formats.size(); ++i) {
        for (std::size_t j = std::max(i + 1, replaced); j < formats.size(); ++j) {
            if (i == 0 && j == replaced) {
                continue;  // --lines --extract is one format
            }
            const std::string why = refusal({formats[i][0], formats[j][0]});
            for (const std::size_t named : {i, j}) {
                const std::string& format = formats[named][0];
                EXPECT_TRUE(contains(why, format.substr(0, format.find('=')))) << why;
            }
        }
    }
    EXPECT_TRUE(contains(refusal({"--lines", "--extract=/a", "-w", "x"}), "--extract and --write"));
}

TEST(OutputPlan, IgnoresReplacedFormats) {
    EXPECT_EQ(resolved({"--raw", "--extract", "/a", "--lines"}).filter.extract.size(), 1U);
    EXPECT_EQ(resolved({"--raw", "--json", "--body"}).printing, Printing::Records);
    EXPECT_TRUE(resolved({"--whole", "--json", "--tag", "--order-buffer", "1"}).whole);
}

TEST(OutputPlan, BodyNeedsRecords) {
    for (const Arguments& arguments : {Arguments{"--body"}, Arguments{"--body", "--lines"},
                                       Arguments{"--json", "--body", "--raw"}}) {
        EXPECT_TRUE(contains(refusal(arguments), "--body: needs --json"));
    }
}

// -o, --no-clobber, --etag-store

TEST(OutputPlan, FilesPrintNothing) {
    const OutputPlan plan = resolved({"-o", "out/{n}"});
    EXPECT_EQ(plan.files->folder(), "out/");
    ASSERT_TRUE(plan.text);
    std::string printed;
    plan.text->append(Record(), {}, printed);
    EXPECT_EQ(printed, "");
    EXPECT_EQ(plan.max_body, 0U) << "bodies stream";
    EXPECT_TRUE(resolved({"--output", "x", "--whole", "--tag"}).files);
    EXPECT_EQ(resolved({"-o", "x/y", "-o", "{n}"}).files->folder(), "");
    EXPECT_FALSE(resolved({}).files);
    EXPECT_EQ(parse({"--etag-store", "a", "--etag-store", "b"}).etag_store, "b");
}

TEST(OutputPlan, KeepsRevalidatesOrReplacesFiles) {
    using Existing = FileFormat::Existing;
    EXPECT_EQ(resolved({"-o", "x"}).existing_files, Existing::Replace);
    EXPECT_EQ(resolved({"-o", "x", "--no-clobber"}).existing_files, Existing::Keep);
    EXPECT_EQ(resolved({"-o", "x", "--etag-store", "a"}).existing_files, Existing::Revalidate);
    EXPECT_EQ(resolved({"-o", "x", "--etag-store", "a", "--no-clobber"}).existing_files,
              Existing::Keep);
}

TEST(OutputPlan, PrintsRecordsAndTextsBesideFiles) {
    EXPECT_FALSE(resolved({"-o", "x", "--json"}).text);
    const OutputPlan plan = resolved({"-o", "x", "-w", "%{url}"});
    std::string printed;
    Record record;
    record.url = "http://a/";
    plan.text->append(record, {}, printed);
    EXPECT_EQ(printed, "http://a/");
}

TEST(OutputPlan, RefusesFilesAndAnotherUseOfBodies) {
    for (const Arguments& other : {Arguments{"--lines"}, Arguments{"--raw"},
                                   Arguments{"--extract", "/a"}, Arguments{"--show-header", "A"},
                                   Arguments{"--json", "--body"}, Arguments{"-w", "%json{/a}"}}) {
        Arguments arguments = {"-o", "x"};
        arguments.insert(arguments.end(), other.begin(), other.end());
        EXPECT_TRUE(contains(refusal(arguments), "--output")) << testing::PrintToString(other);
    }
}

TEST(OutputPlan, DevNullDropsBodies) {
    EXPECT_FALSE(resolved({"-o", "/dev/null"}).files);
    EXPECT_TRUE(resolved({"-o", "/dev/null"}).text);
}

TEST(OutputPlan, FindsStreams) {
    const OutputPlan plan = resolved({"-o", "/dev/fd/7"});
    ASSERT_TRUE(plan.stream);
    EXPECT_EQ(plan.stream->descriptor(), 7);
    EXPECT_FALSE(plan.files);
    EXPECT_TRUE(plan.writes_bodies());
    EXPECT_FALSE(resolved({"-o", "/dev/fd/{n}"}).stream);
}

TEST(OutputPlan, RefusesInvalidFileNames) {
    EXPECT_TRUE(contains(refusal({"-o", "{nope}"}), "--output: unknown placeholder {nope}"));
    EXPECT_TRUE(contains(refusal({"-o", "out/"}), "--output: \"out/\" names a folder"));
    for (const char* other : {"--no-clobber", "--resume", "--etag-store=x"}) {
        EXPECT_TRUE(
            contains(refusal({"-o", "{host}/{n}", other}), "--output: {n} does not follow"));
        EXPECT_TRUE(contains(refusal({"-o", "{line}", other}), "--output: {line} does not follow"));
    }
    EXPECT_TRUE(contains(refusal({"--no-clobber"}), "--no-clobber: needs -o"));
}

TEST(OutputPlan, NamesTheOptionOfAnInvalidValue) {
    EXPECT_TRUE(contains(refusal({"--extract", "/a", "--extract", "b"}), "--extract: \"b\""));
    EXPECT_TRUE(contains(refusal({"--show-header", "a:"}), "--show-header: "));
    EXPECT_TRUE(contains(refusal({"-w", "%{nope}"}), "--write-out: unknown variable %{nope}"));
    EXPECT_TRUE(contains(refusal({"-w", "@/no/such"}), "--write-out: cannot read /no/such"));
    EXPECT_TRUE(contains(refusal({"--order-buffer", "x"}), "--order-buffer"));
}

}  // namespace
}  // namespace runnel
