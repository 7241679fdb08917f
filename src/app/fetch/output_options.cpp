#include "app/fetch/output_options.hpp"

#include <fmt/format.h>

#include <array>

#include "http/header.hpp"

namespace runnel {

namespace {

using Format = FetchOptions::Format;

/// The limit of a body that has to be held as a whole, unless another one is given.
constexpr std::uint64_t kHeldBody = std::uint64_t{16} << 20;

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

/// The forms that are in force, as they were asked for.
std::vector<std::string> formats_of(const FetchOptions& options) {
    std::vector<std::string> names;
    if (options.format) {
        constexpr std::array kNames = {"--lines", "--raw", "--json"};
        names.emplace_back(kNames[static_cast<std::size_t>(*options.format)]);
    }
    if (!options.extract.empty()) {
        if (options.format == Format::Lines) {
            names.clear();  // one form together
        }
        names.emplace_back("--extract");
    }
    if (!options.show_headers.empty()) {
        names.emplace_back("--show-header");
    }
    if (options.write_out) {
        names.emplace_back("--write-out");
    }
    // Records and formats are about inputs: they are printed beside the files.
    if (options.output && options.format != Format::Json && !options.write_out) {
        names.emplace_back("--output");
    }
    return names;
}

Error usage(std::string message) { return Error(ErrorClass::BadInput, std::move(message)); }

bool holds_bodies(const FetchOptions& options) {
    if (options.write_out_template) {
        return !options.write_out_template->pointers().empty();
    }
    if (options.format == Format::Json) {
        return options.body;
    }
    const bool extracts_documents = !options.extract.empty() && !options.format;
    return options.show_headers.empty() && (options.whole || extracts_documents);
}

/// What has no meaning without batches, or with them.
Result<void> resolve_batches(FetchOptions& options) {
    BatchOptions batches = options.batch;
    const bool wanted = !options.cmd.empty() || batches.lines > 0 || batches.bytes > 0 ||
                        batches.age > Duration::zero();
    if (!options.cmd.empty() && options.cmd.front().starts_with("http")) {
        return usage(fmt::format("{}: what follows -- is a command for the output; URLs come first",
                                 options.cmd.front()));
    }
    if (options.cmd.empty() && !batches.dead_letter.empty()) {
        return usage(
            "--dead-letter: there is no command that could refuse a line; put "
            "-- CMD ARGS... at the end");
    }
    if (wanted && options.format == Format::Raw) {
        return usage("--raw: batches are made of lines; leave it out, or the batches");
    }
    batches.cmd = options.cmd;
    batches.lines = batches.lines > 0 ? batches.lines : BatchOptions().lines;
    batches.max_line = options.max_line;
    batches.grace = options.grace;
    batches.journal = options.journal;
    batches.resume = options.resume;
    if (wanted) {
        options.batches = batches;
    }
    return check(batches);
}

/// Where bodies go that are not printed.
Result<void> resolve_files(FetchOptions& options) {
    if (!options.output) {
        return options.no_clobber ? usage("--no-clobber: needs -o, because it is about files")
                                  : Result<void>();
    }
    const bool prints_body =
        options.write_out_template && !options.write_out_template->pointers().empty();
    if (options.body || prints_body) {
        return usage(fmt::format("--output and {} exclude each other: a body goes to one place",
                                 prints_body ? "%json{}" : "--body"));
    }
    if (*options.output == "-") {
        return usage("--output: stdout is no file; --raw prints bodies");
    }
    if (!options.write_out && !options.format) {
        options.write_out_template = WriteOutTemplate::parse("").value();  // nothing is printed
    }
    if (*options.output == "/dev/null") {
        return {};
    }
    Result<FileTemplate> files = FileTemplate::parse(*options.output);
    if (!files) {
        return usage("--output: " + files.error().message());
    }
    options.file_template = std::move(*files);
    return {};
}

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

Result<void> resolve_output(FetchOptions& options) {
    const std::vector<std::string> formats = formats_of(options);
    if (formats.size() > 1) {
        return usage(fmt::format("{} and {} exclude each other: each says what is printed",
                                 formats[0], formats[1]));
    }
    if (options.body && options.format != Format::Json) {
        return usage("--body: needs --json, because it is the records that hold the bodies");
    }
    if (options.write_out) {
        Result<WriteOutTemplate> format = WriteOutTemplate::parse_option(*options.write_out);
        if (!format) {
            return usage("--write-out: " + format.error().message());
        }
        options.write_out_template = std::move(*format);
    }
    Result<void> settled = resolve_files(options);
    options.policy.max_body = options.max_body.value_or(holds_bodies(options) ? kHeldBody : 0);
    return settled ? resolve_batches(options) : settled;
}

}  // namespace runnel
