#pragma once

#include <string>
#include <string_view>

#include "app/output_form.hpp"
#include "pipeline/reorder_window.hpp"

namespace runnel {

/// `--raw`: the bytes of every body, one body after another in the order in which they began.
class RawForm final : public OutputForm {
public:
    RawForm(const FetchOptions& options, Output& output)
        : output_(output), sink_(output), window_(options.order_buffer, sink_) {}

    [[nodiscard]] Task<Result<void>> take(http::Response& response, Item& item) override;

private:
    class Stdout final : public ReorderWindow::Sink {
    public:
        explicit Stdout(Output& output) : output_(output) {}
        void append(std::string_view bytes) override { output_.append(bytes); }
        void append_from(std::string& buffer) override { output_.append_from(buffer); }

    private:
        Output& output_;
    };

    [[nodiscard]] Task<Result<void>> write(http::Response& response, std::string_view first,
                                           ReorderWindow::Slot& slot);

    Output& output_;
    Stdout sink_;
    ReorderWindow window_;
};

}  // namespace runnel
