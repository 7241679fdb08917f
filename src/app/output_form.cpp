#include "app/output_form.hpp"

#include "app/line_form.hpp"
#include "app/record_form.hpp"

namespace runnel {

std::unique_ptr<OutputForm> make_output_form(const FetchOptions& options, Output& output) {
    switch (options.form) {
        case FetchOptions::Form::Json: return std::make_unique<RecordForm>(output);
        case FetchOptions::Form::Lines: break;
    }
    return std::make_unique<LineForm>(options, output);
}

}  // namespace runnel
