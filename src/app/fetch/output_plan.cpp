#include "app/fetch/output_plan.hpp"

#include <fmt/format.h>

#include <array>
#include <string>
#include <utility>
#include <vector>

#include "base/error.hpp"

namespace runnel {

namespace {

using Format = FetchOptions::Format;
using Printing = OutputPlan::Printing;

/// Default of --max-body for bodies that are held in memory (bytes).
constexpr std::uint64_t kMaxHeldBody = std::uint64_t{16} << 20;

/// Returns the given options that choose what is printed. `--lines --extract` counts as one,
/// because it is one format.
std::vector<std::string> formats_of(const FetchOptions& options) {
    std::vector<std::string> names;
    if (options.format) {
        constexpr std::array kNames = {"--lines", "--raw", "--json"};
        names.emplace_back(kNames[static_cast<std::size_t>(*options.format)]);
    }
    if (!options.extract.empty()) {
        if (options.format == Format::Lines) {
            names.clear();  // --lines --extract is one format
        }
        names.emplace_back("--extract");
    }
    if (!options.show_headers.empty()) {
        names.emplace_back("--show-header");
    }
    if (options.write_out) {
        names.emplace_back("--write-out");
    }
    // Records and texts are not made of bodies, so they can be printed as well as the files.
    if (options.output && options.format != Format::Json && !options.write_out) {
        names.emplace_back("--output");
    }
    return names;
}

Result<void> check_formats(const FetchOptions& options) {
    const std::vector<std::string> formats = formats_of(options);
    if (formats.size() > 1) {
        return bad_input(fmt::format("{} and {} exclude each other: each chooses what is printed",
                                     formats[0], formats[1]));
    }
    if (options.body && options.format != Format::Json) {
        return bad_input("--body: needs --json, because it puts the bodies into the records");
    }
    const bool a_row_for_each_input =
        !options.show_headers.empty() || (!options.extract.empty() && !options.format);
    if (options.missing && !a_row_for_each_input) {
        return bad_input(
            "--missing: needs --extract without --lines, or --show-header, which print one line "
            "for each input");
    }
    return {};
}

Result<std::optional<WriteOutTemplate>> resolve_text(const FetchOptions& options) {
    if (options.write_out) {
        Result<WriteOutTemplate> text = WriteOutTemplate::parse_option(*options.write_out);
        if (!text) {
            return bad_input("--write-out: " + text.error().message());
        }
        return std::optional(*std::move(text));
    }
    if (options.output && !options.format) {
        return std::optional(*WriteOutTemplate::parse(""));  // print nothing
    }
    return std::optional<WriteOutTemplate>();
}

bool takes_body(const std::optional<WriteOutTemplate>& text) {
    return text && !text->pointers().empty();
}

/// Returns whether files of earlier runs are found by their names.
bool counts_other_runs(const FetchOptions& options) {
    return options.no_clobber || options.resume || !options.etag_store.empty();
}

Result<std::optional<FileTemplate>> resolve_files(const FetchOptions& options,
                                                  const std::optional<WriteOutTemplate>& text) {
    if (!options.output && options.no_clobber) {
        return bad_input("--no-clobber: needs -o, because it keeps the files of -o");
    }
    if (!options.output) {
        return std::optional<FileTemplate>();
    }
    if (options.body || takes_body(text)) {
        return bad_input(fmt::format("--output and {} exclude each other: both use the body",
                                     options.body ? "--body" : "%json{}"));
    }
    if (*options.output == "/dev/null") {
        return std::optional<FileTemplate>();
    }
    Result<FileTemplate> files = FileTemplate::parse(*options.output);
    if (!files) {
        return bad_input("--output: " + files.error().message());
    }
    const std::string place = files->place_in_input();
    if (!place.empty() && counts_other_runs(options)) {
        return bad_input(fmt::format(
            "--output: {} does not follow from the input alone, and --no-clobber, --etag-store and "
            "--resume find the files of other runs by their names; use {{path}} or {{id}}",
            place));
    }
    return std::optional(*std::move(files));
}

/// Returns the device, pipe or descriptor that `-o` names; null if it names files.
std::optional<NamedFile> resolve_stream(const FetchOptions& options) {
    if (!options.output || *options.output == "/dev/null" ||
        options.output->find_first_of("{}") != std::string::npos) {
        return std::nullopt;
    }
    Result<NamedFile> file = NamedFile::find(*options.output);
    const bool stream = file && file->kind() != NamedFile::Kind::File;
    return stream ? std::optional(*std::move(file)) : std::nullopt;
}

Printing printing_of(const FetchOptions& options, const std::optional<WriteOutTemplate>& text) {
    if (text) {
        return Printing::Text;
    }
    switch (options.format.value_or(Format::Lines)) {
        case Format::Raw: return Printing::Raw;
        case Format::Json: return Printing::Records;
        default: return Printing::Lines;
    }
}

FileFormat::Existing existing_of(const FetchOptions& options) {
    if (options.no_clobber) {
        return FileFormat::Existing::Keep;
    }
    return options.etag_store.empty() ? FileFormat::Existing::Replace
                                      : FileFormat::Existing::Revalidate;
}

/// Whether bodies are held in memory until they are complete.
bool holds_bodies(const OutputPlan& plan) {
    switch (plan.printing) {
        case Printing::Text: return takes_body(plan.text);
        case Printing::Records: return plan.body_in_record;
        case Printing::Raw: return plan.whole;
        case Printing::Lines: break;
    }
    const bool extracts_documents = !plan.filter.extract.empty() && !plan.filter.extract_lines;
    return plan.filter.show_headers.empty() && (plan.whole || extracts_documents);
}

}  // namespace

Result<OutputPlan> resolve_output(const FetchOptions& options) {
    RUNNEL_TRY(check_formats(options));
    OutputPlan plan;
    RUNNEL_TRY_ASSIGN(plan.text, resolve_text(options));
    RUNNEL_TRY_ASSIGN(plan.files, resolve_files(options, plan.text));
    plan.stream = resolve_stream(options);
    if (plan.stream) {
        plan.files.reset();
        plan.stream_name = *options.output;
    }
    plan.printing = printing_of(options, plan.text);
    plan.filter = BodyFilterOptions{options.extract, options.format == Format::Lines,
                                    options.show_headers, options.missing, options.max_line};
    plan.tag = options.tag;
    plan.whole = options.whole;
    plan.body_in_record = options.body;
    plan.existing_files = existing_of(options);
    plan.claims_files = counts_other_runs(options);
    plan.max_body = options.max_body.value_or(holds_bodies(plan) ? kMaxHeldBody : 0);
    plan.keep_order = options.keep_order;
    plan.order_buffer = options.order_buffer;
    return plan;
}

}  // namespace runnel
