#include "app/fetch/fetch_parts.hpp"

#include "app/batch/batch_sinks.hpp"
#include "app/format/file_format.hpp"
#include "app/format/line_format.hpp"
#include "app/format/raw_format.hpp"
#include "app/format/record_format.hpp"
#include "app/format/stream_format.hpp"
#include "app/format/whole_format.hpp"
#include "app/format/write_out_format.hpp"
#include "app/output/batch_sink_adapter.hpp"
#include "app/output/stdout_sink.hpp"
#include "base/ensure.hpp"

namespace runnel {

namespace {

WholeFormat::Content whole_content(const OutputPlan& plan) {
    if (plan.printing == OutputPlan::Printing::Raw) {
        return WholeFormat::Content::Raw;
    }
    return plan.tag ? WholeFormat::Content::TaggedLines : WholeFormat::Content::Lines;
}

/// `-w` escapes the values itself, because its text is the user's and may have colors.
Output::Content content_of(OutputPlan::Printing printing) {
    switch (printing) {
        case OutputPlan::Printing::Records: return Output::Content::Json;
        case OutputPlan::Printing::Lines: return Output::Content::Text;
        default: return Output::Content::Bytes;
    }
}

std::unique_ptr<OutputFormat> make_printing_format(const OutputPlan& plan, bool to_terminal,
                                                   PrintOrder& order) {
    using Values = WriteOutTemplate::Values;
    switch (plan.printing) {
        case OutputPlan::Printing::Text:
            return std::make_unique<WriteOutFormat>(
                plan.text.value(), to_terminal ? Values::Shown : Values::Unchanged);
        case OutputPlan::Printing::Records:
            return std::make_unique<RecordFormat>(plan.body_in_record);
        default: break;
    }
    if (plan.whole) {
        return std::make_unique<WholeFormat>(plan.filter, whole_content(plan));
    }
    if (plan.printing == OutputPlan::Printing::Raw) {
        return std::make_unique<RawFormat>(order);
    }
    return std::make_unique<LineFormat>(plan.filter, plan.tag);
}

}  // namespace

std::unique_ptr<Sink> make_sink(const RunContext& context, const FetchPlan& plan, RunFiles& files,
                                Shutdown& shutdown, Log& log) {
    if (plan.batches) {
        files.dead_letters.print_to(context.output);
        auto sink = std::make_unique<BatchSinkAdapter>(
            context.loop, *plan.batches,
            make_batch_sink(context.loop, *plan.batches, context.output, log), files.dead_letters,
            context.output, shutdown, log);
        sink->number_after(files.journal.last_job());
        return sink;
    }
    context.output.set_content(content_of(plan.output.printing));
    if (files.journal.wanted() || files.etags) {
        // A crash repeats the unsettled inputs in addition to those in flight.
        return std::make_unique<StdoutSink>(context.output, context.jobs);
    }
    return std::make_unique<StdoutSink>(context.output);
}

std::unique_ptr<OutputFormat> make_output_format(const OutputPlan& plan, bool to_terminal,
                                                 PrintOrder& order, Loop& loop, RunFiles& files) {
    std::unique_ptr<OutputFormat> printing = make_printing_format(plan, to_terminal, order);
    if (plan.stream) {
        return std::make_unique<StreamFormat>(plan.stream_name, std::move(files.stream), loop,
                                              std::move(printing));
    }
    if (!plan.files) {
        return printing;
    }
    RUNNEL_ENSURE(files.folder, "the folder of -o is not open");
    using Naming = FileFormat::Naming;
    return std::make_unique<FileFormat>(
        *plan.files, plan.claims_files ? Naming::Claimed : Naming::Numbered, std::move(files.names),
        plan.existing_files, loop, *files.folder, std::move(printing));
}

}  // namespace runnel
