#include "app/fetch/output_options.hpp"

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include <array>

#include "app/cli/option_types.hpp"
#include "http/header.hpp"

namespace runnel {

namespace {

using Format = FetchOptions::Format;

/// The limit of a body that has to be held as a whole, unless another one is given.
constexpr std::uint64_t kHeldBody = std::uint64_t{16} << 20;

constexpr const char* kGroup = "Output";

void describe_forms(CLI::App& command, FetchOptions& options) {
    const auto add = [&](const std::string& name, Format format, const std::string& description) {
        command
            .add_flag_function(
                name, [&options, format](std::int64_t) { options.format = format; }, description)
            ->trigger_on_parse()
            ->group(kGroup);
    };
    add("--lines", Format::Lines, "Every line of every body, whole, as it arrives (default)");
    add("--raw", Format::Raw, "The bytes of every body, one body after another");
    add("--json", Format::Json, "One JSON record for each input");
    add_values(command, "--extract", options.extract, &JsonPointer::parse,
               "Values at JSON Pointers in each body, or in each line with --lines")
        ->type_name("PTR")
        ->group(kGroup);
    add_values(command, "--show-header", options.show_headers, &http::parse_header_name,
               "Values of response headers")
        ->type_name("NAME")
        ->group(kGroup);
    const auto as_it_stands = [](const std::string& text) { return Result<std::string>(text); };
    add_value(command, "-w,--write-out", options.write_out, as_it_stands,
              "Text with %{name}, %header{name}, %json{PTR} for each input; @FILE has it")
        ->type_name("FORMAT")
        ->group(kGroup);
}

void describe_files(CLI::App& command, FetchOptions& options) {
    const auto as_it_stands = [](const std::string& text) { return Result<std::string>(text); };
    add_value(
        command, "-o,--output", options.output, as_it_stands,
        "Write each body to a file of its own: out/{host}/{path}. Placeholders: {scheme} {host} "
        "{port} {path} {name} {query}, {} the input, {line} {n} {id}")
        ->type_name("TEMPLATE")
        ->group(kGroup);
    command
        .add_flag("--no-clobber", options.no_clobber,
                  "With -o: keep files that are there, and fetch nothing for them")
        ->group(kGroup);
    command
        .add_option("--etag-store", options.etag_store,
                    "Fetch only what has changed since FILE was written, and write it anew")
        ->type_name("FILE")
        ->take_last()
        ->group(kGroup);
}

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

void describe_output(CLI::App& command, FetchOptions& options) {
    describe_forms(command, options);
    describe_files(command, options);
    command.add_flag("--tag", options.tag, "Start each line with its input and a tab")
        ->group(kGroup);
    command.add_flag("--whole", options.whole, "Print nothing of a body before it is complete")
        ->group(kGroup);
    command.add_flag("--body", options.body, "With --json: put the body into the record")
        ->group(kGroup);
    command.add_flag("--keep-order", options.keep_order, "Print in the order of the inputs")
        ->group(kGroup);
    add_size(command, "--order-buffer", options.order_buffer,
             "With --keep-order or --raw: limit of what waits for its turn (64M)")
        ->group(kGroup);
    command
        .add_option("--stats", options.stats_file, "Write the counts and times of the run as JSON")
        ->type_name("FILE")
        ->take_last()
        ->group(kGroup);
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
