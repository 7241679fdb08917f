#include "app/fetch/output_options.hpp"

#include "http/header.hpp"

namespace runnel {

namespace {

using Format = FetchOptions::Format;

constexpr OptionText kLines = {
    "--lines", "", "Lines of every body, whole, as they arrive (default)",
    "Print every line of every expected response, whole, as it arrives; the default."};
constexpr OptionText kRaw = {
    "--raw", "", "The bytes of each body, one body after another",
    "Print the bytes of each body, nothing added, one body after another."};
constexpr OptionText kJson = {"--json", "", "One JSON record for each input",
                              "Print one record for each input, without bodies."};
constexpr OptionText kExtract = {
    "--extract", "PTR", "Value at a JSON Pointer in each body",
    "Print the values at JSON Pointers, one line for each body; with `--lines` one line for each "
    "line."};
constexpr OptionText kShowHeader = {"--show-header", "NAME", "Value of a response header",
                                    "Print the values of response headers, one line for each "
                                    "response."};
constexpr OptionText kWriteOut = {
    "-w,--write-out", "FORMAT", "Text with %{name}, %header{name}, %json{PTR}",
    "Print a text for each input, with `%{name}`, `%header{name}` and `%json{PTR}` filled in; "
    "`@FILE` reads it from FILE."};
constexpr OptionText kOutput = {
    "-o,--output", "TEMPLATE", "Write each body to a file, such as out/{host}/{path}",
    "Write each body to a [file](#files) of its own, such as `out/{host}/{path}`. Placeholders: "
    "`{scheme}` `{host}` `{port}` `{path}` `{name}` `{query}`, `{}` for the input, `{line}` `{n}` "
    "`{id}`. Nothing is printed except with `--json` or `-w`."};
constexpr OptionText kNoClobber = {"--no-clobber", "",
                                   "With -o: keep existing files and fetch nothing for them"};
constexpr OptionText kEtagStore = {
    "--etag-store", "FILE", "Fetch only what has changed since FILE was written",
    "Fetch only [what has changed](#versions) since the run that wrote FILE, and rewrite it."};
constexpr OptionText kTag = {
    "--tag", "", "Start each line with its input and a tab",
    "Start each line with its input and a tab; no effect on `--raw`, `--json` and `-w`."};
constexpr OptionText kWholeBodies = {"--whole", "",
                                     "Print nothing of a body before it is complete"};
constexpr OptionText kBody = {"--body", "", "With --json: put the body into the record"};
constexpr OptionText kKeepOrder = {"--keep-order", "", "Print in the order of the inputs",
                                   "Print in the order of the inputs, see [Order](#order)."};
constexpr OptionText kOrderBuffer = {
    "--order-buffer", "SIZE", "Memory for output that waits for its turn (64M)",
    "With `--keep-order` or `--raw`: maximum memory for output that waits for its turn, what the "
    "requests themselves hold included; 64M by default, 0 means no limit."};
constexpr OptionText kStats = {
    "--stats", "FILE", "Write counts and times of the run as JSON",
    "Write the counts and times of the run to FILE at its end, as JSON."};

}  // namespace

void describe_output(OptionSet& set, FetchOptions& options) {
    set.group("Output");
    set.flag(kLines, options.format, Format::Lines);
    set.flag(kRaw, options.format, Format::Raw);
    set.flag(kJson, options.format, Format::Json);
    set.values(kExtract, options.extract, &JsonPointer::parse);
    set.values(kShowHeader, options.show_headers, &http::parse_header_name);
    set.text(kWriteOut, options.write_out);
    set.text(kOutput, options.output);
    set.flag(kNoClobber, options.no_clobber);
    set.text(kEtagStore, options.etag_store);
    set.flag(kTag, options.tag);
    set.flag(kWholeBodies, options.whole);
    set.flag(kBody, options.body);
    set.flag(kKeepOrder, options.keep_order);
    set.size(kOrderBuffer, options.order_buffer);
    set.text(kStats, options.stats_file);
}

}  // namespace runnel
