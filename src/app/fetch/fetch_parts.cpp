#include "app/fetch/fetch_parts.hpp"

#include "app/batch/batch_sinks.hpp"
#include "app/format/file_format.hpp"
#include "app/format/line_format.hpp"
#include "app/format/raw_format.hpp"
#include "app/format/record_format.hpp"
#include "app/format/whole_format.hpp"
#include "app/format/write_out_format.hpp"
#include "app/output/batch_sink_adapter.hpp"
#include "app/output/stdout_sink.hpp"
#include "base/ensure.hpp"

namespace runnel {

namespace {

using Format = FetchOptions::Format;

BodyFilterOptions filter_options(const FetchOptions& options) {
    return BodyFilterOptions{options.extract, options.format == Format::Lines, options.show_headers,
                             options.max_line};
}

WholeFormat::Content content_of(const FetchOptions& options) {
    if (options.format == Format::Raw) {
        return WholeFormat::Content::Raw;
    }
    return options.tag ? WholeFormat::Content::TaggedLines : WholeFormat::Content::Lines;
}

FileFormat::Existing existing_of(const FetchOptions& options) {
    if (options.no_clobber) {
        return FileFormat::Existing::Keep;
    }
    return options.etag_store.empty() ? FileFormat::Existing::Replace
                                      : FileFormat::Existing::Revalidate;
}

std::unique_ptr<OutputFormat> make_printing_format(const FetchOptions& options, PrintOrder& order) {
    if (options.write_out_template) {
        return std::make_unique<WriteOutFormat>(*options.write_out_template);
    }
    if (options.format == Format::Json) {
        return std::make_unique<RecordFormat>(options.body);
    }
    if (options.whole) {
        return std::make_unique<WholeFormat>(filter_options(options), content_of(options));
    }
    if (options.format == Format::Raw) {
        return std::make_unique<RawFormat>(order);
    }
    return std::make_unique<LineFormat>(filter_options(options), options.tag);
}

}  // namespace

std::unique_ptr<Sink> make_sink(Loop& loop, const FetchOptions& options, Output& output,
                                RunFiles& files, Shutdown& shutdown, Log& log) {
    if (options.batches) {
        std::unique_ptr<BatchSink> sink = make_batch_sink(loop, *options.batches, output, log);
        return std::make_unique<BatchSinkAdapter>(loop, *options.batches, std::move(sink),
                                                  files.dead_letters, output, shutdown, log);
    }
    if (files.journal.wanted() || files.etags) {
        // A crash repeats at most this many inputs beside those that are in flight.
        return std::make_unique<StdoutSink>(output, options.limits.jobs);
    }
    return std::make_unique<StdoutSink>(output);
}

std::unique_ptr<OutputFormat> make_output_format(const FetchOptions& options, PrintOrder& order,
                                                 Scheduler& scheduler,
                                                 const std::optional<Directory>& folder) {
    std::unique_ptr<OutputFormat> printing = make_printing_format(options, order);
    if (!options.file_template) {
        return printing;
    }
    RUNNEL_ENSURE(folder, "the folder of -o is not open");
    return std::make_unique<FileFormat>(*options.file_template, existing_of(options), scheduler,
                                        *folder, std::move(printing));
}

}  // namespace runnel
