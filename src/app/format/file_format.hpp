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

/// `-o`: writes each body to a file of its own, which appears once all of it is on the disk.
/// Records and texts of the inputs are printed by another format.
///
/// With Naming::Numbered, names are given in the order of the inputs, including skipped ones, so
/// that the same inputs get the same names in every run. With Naming::Claimed, an input whose name
/// belongs to another URL fails. With Existing::Keep and Revalidate the file is looked for before a
/// request is made.
///
/// All file operations run on separate threads. That includes writes, because they block when the
/// page cache is full. Writes are buffered up to 64 KiB, so that a small body takes one call.
class FileFormat final : public OutputFormat {
public:
    /// What happens if the file of an input exists before it is fetched.
    enum class Existing {
        Replace,
        Keep,        ///< Nothing is fetched.
        Revalidate,  ///< Only a newer version is fetched.
    };

    /// How files of the same name are distinguished.
    enum class Naming { Numbered, Claimed };

    /// \a names: the names that are claimed already. \a scheduler and \a folder must outlive this.
    /// \a printing prints records or texts, not bodies.
    FileFormat(FileTemplate files, Naming naming, FileNames names, Existing existing,
               Scheduler& scheduler, const Directory& folder,
               std::unique_ptr<OutputFormat> printing);

    void skip(const Input& input) override;
    [[nodiscard]] Task<Result<Need>> begin(Item& item) override;
    void answered(const http::Response& response, Item& item) override;
    [[nodiscard]] Task<Result<void>> take(http::Response& response, Item& item) override;
    void conclude(const Record& record, Item& item) override;

private:
    class Body;

    [[nodiscard]] Result<std::string> next_name(const Input& input);
    [[nodiscard]] std::string below_folder(const Item& item) const;
    [[nodiscard]] std::string in_full(const Item& item) const;
    [[nodiscard]] Result<bool> exists(const Item& item) const;
    [[nodiscard]] Task<Result<void>> write(Body& body);
    [[nodiscard]] Task<Result<void>> publish(Body& body);

    FileTemplate template_;
    Naming naming_;
    Existing existing_;
    const Directory& folder_;
    std::unique_ptr<OutputFormat> printing_;
    FileNames names_;
    std::uint64_t begun_ = 0;
    Executor disk_;
};

}  // namespace runnel
