#include "app/fetch/output_options.hpp"

#include "app/cli/option_table.hpp"
#include "http/header.hpp"

namespace runnel {

namespace {

using Format = FetchOptions::Format;

}  // namespace

void describe_output(OptionSet& set, FetchOptions& options) {
    set.group("Output");
    set.flag(options::kFetchLines, options.format, Format::Lines);
    set.flag(options::kFetchRaw, options.format, Format::Raw);
    set.flag(options::kFetchJson, options.format, Format::Json);
    set.values(options::kFetchExtract, options.extract, &JsonPointer::parse);
    set.values(options::kFetchShowHeader, options.show_headers, &http::parse_header_name);
    set.text(options::kFetchMissing, options.missing);
    OptionSet::file(FileUse::ReadAfterAt, set.text(options::kFetchWriteOut, options.write_out));
    OptionSet::file(FileUse::WriteOne, set.text(options::kFetchOutput, options.output));
    set.flag(options::kFetchNoClobber, options.no_clobber);
    OptionSet::file(FileUse::Hold, set.text(options::kFetchEtagStore, options.etag_store));
    set.flag(options::kFetchTag, options.tag);
    set.flag(options::kFetchWholeBodies, options.whole);
    set.flag(options::kFetchBody, options.body);
    set.flag(options::kFetchKeepOrder, options.keep_order);
    set.size(options::kFetchOrderBuffer, options.order_buffer);
    OptionSet::file(FileUse::Write, set.text(options::kFetchStats, options.stats_file));
}

}  // namespace runnel
