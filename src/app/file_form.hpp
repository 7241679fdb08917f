#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "app/output_form.hpp"
#include "io/atomic_file.hpp"
#include "io/directory.hpp"
#include "io/executor.hpp"
#include "pipeline/file_names.hpp"

namespace runnel {

/// `-o`: each body in a file of its own, which appears when all of it is there and is on the disk.
/// What is printed of an input, a record or a text, is another form's business.
///
/// Names are given in the order of the inputs, those that are skipped too, so that the same inputs
/// find the same names again. An input whose file is not to be replaced, or whose answer is not to
/// be fetched again, is looked for before anything is asked.
///
/// Everything that touches the disk happens on threads of its own: also writes, which end in the
/// page cache most of the time, and wait for the disk when that is full. 64 KiB of a body are
/// gathered for each of them, so that a small body costs one trip to a thread.
class FileForm final : public OutputForm {
public:
    /// All must outlive this. \a printing takes no body.
    FileForm(const FetchOptions& options, Scheduler& scheduler, const Directory& folder,
             std::unique_ptr<OutputForm> printing);

    void skip(const Input& input) override;
    [[nodiscard]] Task<Result<Need>> begin(Item& item) override;
    void answered(const http::Response& response, Item& item) override;
    [[nodiscard]] Task<Result<void>> take(http::Response& response, Item& item) override;
    void conclude(const Record& record, Item& item) override;

private:
    class Body;

    [[nodiscard]] std::string next_name(const Input& input);
    [[nodiscard]] std::string below_folder(const Item& item) const;
    [[nodiscard]] Task<Result<void>> write(Body& body);
    [[nodiscard]] Task<Result<void>> publish(Body& body);

    const FetchOptions& options_;
    const Directory& folder_;
    std::unique_ptr<OutputForm> printing_;
    FileNames names_;
    std::uint64_t begun_ = 0;
    Executor disk_;
};

}  // namespace runnel
