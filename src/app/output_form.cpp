#include "app/output_form.hpp"

#include "app/line_form.hpp"
#include "app/raw_form.hpp"
#include "app/record_form.hpp"
#include "app/whole_form.hpp"
#include "app/write_out_form.hpp"

namespace runnel {

std::unique_ptr<OutputForm> make_output_form(const FetchOptions& options, PrintOrder& order) {
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

}  // namespace runnel
