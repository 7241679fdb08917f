#include "app/fetch/output_options.hpp"

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include "support/parsed_options.hpp"

namespace runnel {
namespace {

using Arguments = std::vector<std::string>;
using Format = FetchOptions::Format;

FetchOptions parse(Arguments arguments) {
    OptionSet set;
    FetchOptions options;
    describe_fetch(set, options);
    test::parse(set, std::move(arguments));
    return options;
}

/// The same, settled.
FetchOptions settled(const Arguments& arguments) {
    FetchOptions options = parse(arguments);
    const Result<void> done = resolve_output(options);
    EXPECT_TRUE(done) << done.error().message();
    return options;
}

/// Why \a arguments are refused, by the parser or later.
std::string refusal(const Arguments& arguments) {
    try {
        FetchOptions options = parse(arguments);
        const Result<void> done = resolve_output(options);
        if (!done) {
            EXPECT_EQ(done.error().error_class(), ErrorClass::BadInput);
            return done.error().message();
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

TEST(OutputOptions, HaveTheirDefaults) {
    const FetchOptions options = settled({});
    EXPECT_EQ(options.format, std::nullopt);
    EXPECT_FALSE(options.tag);
    EXPECT_FALSE(options.whole);
    EXPECT_FALSE(options.body);
    EXPECT_TRUE(options.extract.empty());
    EXPECT_TRUE(options.show_headers.empty());
    EXPECT_FALSE(options.write_out_template);
    EXPECT_EQ(options.order_buffer, 64U << 20);
    EXPECT_EQ(options.policy.max_body, 0U);
}

TEST(OutputOptions, SetWhatTheySay) {
    EXPECT_EQ(settled({"--json"}).format, Format::Json);
    EXPECT_EQ(settled({"--lines"}).format, Format::Lines);
    EXPECT_EQ(settled({"--raw"}).format, Format::Raw);
    EXPECT_TRUE(settled({"--tag"}).tag);
    EXPECT_TRUE(settled({"--whole"}).whole);
    EXPECT_TRUE(settled({"--json", "--body"}).body);
    EXPECT_EQ(settled({"--order-buffer", "1M"}).order_buffer, 1U << 20);
    EXPECT_EQ(settled({"-w", "%json{/a}"}).write_out_template->pointers().size(), 1U);
    EXPECT_TRUE(settled({"--write-out", ""}).write_out_template);
}

TEST(OutputOptions, TakeTheLastFormAndTheLastFormat) {
    EXPECT_EQ(settled({"--lines", "--json"}).format, Format::Json);
    EXPECT_EQ(settled({"--json", "--lines"}).format, Format::Lines);
    EXPECT_EQ(settled({"--json", "--lines", "--raw"}).format, Format::Raw);
    EXPECT_TRUE(settled({"-w", "%json{/a}", "-w", "x"}).write_out_template->pointers().empty());
}

TEST(OutputOptions, CollectPointersAndHeaderNamesAndLeaveTheUrls) {
    const FetchOptions options =
        settled({"--extract", "/a", "http://a", "--extract", "", "--extract=/b c", "http://b"});
    EXPECT_EQ(options.urls, (Arguments{"http://a", "http://b"}));
    ASSERT_EQ(options.extract.size(), 3U);
    EXPECT_EQ(options.extract[0].text(), "/a");
    EXPECT_EQ(options.extract[1].text(), "");
    EXPECT_EQ(options.extract[2].text(), "/b c");
    EXPECT_EQ(settled({"--show-header", "A", "http://a", "--show-header=b"}).show_headers,
              (Arguments{"A", "b"}));
}

TEST(OutputOptions, LimitABodyThatIsHeldUnlessToldOtherwise) {
    for (const Arguments& holding :
         {Arguments{"--whole"}, Arguments{"--whole", "--raw"}, Arguments{"--json", "--body"},
          Arguments{"--extract", "/a"}, Arguments{"-w", "%json{/a}"},
          Arguments{"--lines", "--whole", "--extract", "/a"}}) {
        EXPECT_EQ(settled(holding).policy.max_body, 16U << 20) << testing::PrintToString(holding);
        Arguments limited = holding;
        limited.insert(limited.end(), {"--max-body", "1k"});
        EXPECT_EQ(settled(limited).policy.max_body, 1024U) << testing::PrintToString(limited);
        limited.back() = "0";
        EXPECT_EQ(settled(limited).policy.max_body, 0U) << testing::PrintToString(limited);
    }
}

TEST(OutputOptions, LimitNoBodyThatStreamsUnlessTold) {
    for (const Arguments& streaming :
         {Arguments{"--lines"}, Arguments{"--raw"}, Arguments{"--json"},
          Arguments{"--lines", "--extract", "/a"}, Arguments{"--show-header", "A"},
          Arguments{"--whole", "--json"}, Arguments{"--whole", "-w", "%{url}"},
          Arguments{"--whole", "--show-header", "A"}}) {
        EXPECT_EQ(settled(streaming).policy.max_body, 0U) << testing::PrintToString(streaming);
    }
    EXPECT_EQ(settled({"--max-body", "1k"}).policy.max_body, 1024U);
}

TEST(OutputOptions, RefuseFormsThatExcludeEachOtherAndNameBoth) {
    const std::vector<Arguments> formats = {{"--lines"},         {"--raw"},
                                            {"--json"},          {"--extract=/a"},
                                            {"--show-header=A"}, {"--write-out=x"}};
    const std::size_t replaced = 3;  // of these the last one counts
    for (std::size_t i = 0; i < formats.size(); ++i) {
        for (std::size_t j = std::max(i + 1, replaced); j < formats.size(); ++j) {
            if (i == 0 && j == replaced) {
                continue;  // --lines --extract is one form
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

TEST(OutputOptions, RefuseOnlyWhatIsInForce) {
    EXPECT_EQ(settled({"--raw", "--extract", "/a", "--lines"}).extract.size(), 1U);
    EXPECT_EQ(settled({"--raw", "--json", "--body"}).format, Format::Json);
    EXPECT_TRUE(settled({"--whole", "--json", "--tag", "--order-buffer", "1"}).whole);
}

TEST(OutputOptions, WantRecordsForBodies) {
    for (const Arguments& arguments : {Arguments{"--body"}, Arguments{"--body", "--lines"},
                                       Arguments{"--json", "--body", "--raw"}}) {
        EXPECT_TRUE(contains(refusal(arguments), "--body: needs --json"));
    }
}

// -o and its like

TEST(OutputOptions, WriteFilesAndPrintNothing) {
    const FetchOptions options = settled({"-o", "out/{n}"});
    EXPECT_EQ(options.file_template->folder(), "out/");
    ASSERT_TRUE(options.write_out_template);
    std::string printed;
    options.write_out_template->append(Record(), {}, printed);
    EXPECT_EQ(printed, "");
    EXPECT_EQ(options.policy.max_body, 0U) << "bodies stream";
    EXPECT_TRUE(settled({"--output", "x", "--whole", "--tag", "--no-clobber"}).no_clobber);
    EXPECT_EQ(settled({"-o", "x/y", "-o", "{n}"}).file_template->folder(), "");
    EXPECT_FALSE(settled({}).file_template);
    EXPECT_EQ(settled({"--etag-store", "a", "--etag-store", "b"}).etag_store, "b");
}

TEST(OutputOptions, PrintRecordsAndFormatsBesideFiles) {
    EXPECT_FALSE(settled({"-o", "x", "--json"}).write_out_template);
    const FetchOptions options = settled({"-o", "x", "-w", "%{url}"});
    std::string printed;
    Record record;
    record.url = "http://a/";
    options.write_out_template->append(record, {}, printed);
    EXPECT_EQ(printed, "http://a/");
}

TEST(OutputOptions, GiveABodyOnePlace) {
    for (const Arguments& other : {Arguments{"--lines"}, Arguments{"--raw"},
                                   Arguments{"--extract", "/a"}, Arguments{"--show-header", "A"},
                                   Arguments{"--json", "--body"}, Arguments{"-w", "%json{/a}"}}) {
        Arguments arguments = {"-o", "x"};
        arguments.insert(arguments.end(), other.begin(), other.end());
        EXPECT_TRUE(contains(refusal(arguments), "--output")) << testing::PrintToString(other);
    }
}

TEST(OutputOptions, DropBodiesWhereNothingIsKept) {
    EXPECT_FALSE(settled({"-o", "/dev/null"}).file_template);
    EXPECT_TRUE(settled({"-o", "/dev/null"}).write_out_template);
}

TEST(OutputOptions, RefuseWhatNamesNoFile) {
    EXPECT_TRUE(contains(refusal({"-o", "{nope}"}), "--output: unknown placeholder {nope}"));
    EXPECT_TRUE(contains(refusal({"-o", "out/"}), "--output: \"out/\" names a folder"));
    EXPECT_TRUE(contains(refusal({"-o", "-"}), "--raw"));
    EXPECT_TRUE(contains(refusal({"--no-clobber"}), "--no-clobber: needs -o"));
}

TEST(OutputOptions, NameAPointerAHeaderAndAFormatThatAreNone) {
    EXPECT_TRUE(contains(refusal({"--extract", "/a", "--extract", "b"}), "--extract: \"b\""));
    EXPECT_TRUE(contains(refusal({"--show-header", "a:"}), "--show-header: "));
    EXPECT_TRUE(contains(refusal({"-w", "%{nope}"}), "--write-out: %{nope}"));
    EXPECT_TRUE(contains(refusal({"-w", "@/no/such"}), "--write-out: cannot read /no/such"));
    EXPECT_TRUE(contains(refusal({"--order-buffer", "x"}), "--order-buffer"));
}

}  // namespace
}  // namespace runnel
