#include "app/output_form.hpp"

#include <utility>

#include "app/file_form.hpp"
#include "app/line_form.hpp"
#include "app/raw_form.hpp"
#include "app/record_form.hpp"
#include "app/whole_form.hpp"
#include "app/write_out_form.hpp"
#include "base/ensure.hpp"

namespace runnel {

namespace {

std::unique_ptr<OutputForm> make_printing_form(const FetchOptions& options, PrintOrder& order) {
    using Form = FetchOptions::Form;
    if (options.write_out_format) {
        return std::make_unique<WriteOutForm>(*options.write_out_format);
    }
    if (options.form == Form::Json) {
        return std::make_unique<RecordForm>(options);
    }
    if (options.whole) {
        return std::make_unique<WholeForm>(options);
    }
    if (options.form == Form::Raw) {
        return std::make_unique<RawForm>(order);
    }
    return std::make_unique<LineForm>(options);
}

}  // namespace

/// What was printed is not here any more, but whoever took it has it.
Task<Result<OutputForm::Need>> OutputForm::begin(Item& /*item*/) { co_return Need::Change; }

std::unique_ptr<OutputForm> make_output_form(const FetchOptions& options, PrintOrder& order,
                                             Scheduler& scheduler,
                                             const std::optional<Directory>& folder) {
    std::unique_ptr<OutputForm> printing = make_printing_form(options, order);
    if (!options.file_template) {
        return printing;
    }
    RUNNEL_ENSURE(folder, "the folder of -o is not open");
    return std::make_unique<FileForm>(options, scheduler, *folder, std::move(printing));
}

}  // namespace runnel
