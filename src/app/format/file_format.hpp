#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "app/format/output_format.hpp"
#include "io/atomic_file.hpp"
#include "io/directory.hpp"
#include "io/executor.hpp"
#include "pipeline/file_names.hpp"
#include "pipeline/file_template.hpp"

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
class FileFormat final : public OutputFormat {
public:
    /// What happens when the file of an input exists before it is fetched.
    enum class Existing {
        Replace,
        Keep,        ///< Fetch nothing.
        Revalidate,  ///< Fetch only a newer version.
    };

    /// \a scheduler and \a folder must outlive this. \a printing takes no body.
    FileFormat(FileTemplate files, Existing existing, Scheduler& scheduler, const Directory& folder,
               std::unique_ptr<OutputFormat> printing);

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

    FileTemplate template_;
    Existing existing_;
    const Directory& folder_;
    std::unique_ptr<OutputFormat> printing_;
    FileNames names_;
    std::uint64_t begun_ = 0;
    Executor disk_;
};

}  // namespace runnel
