#pragma once

#include <cstdint>
#include <optional>

#include "app/fetch/fetch_options.hpp"
#include "app/format/body_filters.hpp"
#include "app/format/file_format.hpp"
#include "base/result.hpp"
#include "pipeline/file_template.hpp"
#include "pipeline/write_out_template.hpp"

namespace runnel {

/// What `fetch` prints of each input, and where: the output options, resolved.
struct OutputPlan {
    enum class Printing { Lines, Raw, Records, Text };

    Printing printing = Printing::Lines;
    BodyFilterOptions filter;              ///< Of Lines.
    bool tag = false;                      ///< Of Lines.
    bool whole = false;                    ///< Of Lines and Raw: print complete bodies only.
    bool body_in_record = false;           ///< Of Records.
    std::optional<WriteOutTemplate> text;  ///< Of Text; set if and only if that is printed.
    std::optional<FileTemplate> files;     ///< Write bodies to these files; null if not set.
    FileFormat::Existing existing_files = FileFormat::Existing::Replace;
    std::uint64_t max_body = 0;  ///< Bytes; 0 means no limit.
    bool keep_order = false;
    std::uint64_t order_buffer = 0;  ///< Bytes; 0 means no limit.
};

/// Resolves the output options, and reads the file of `-w @FILE`. Fails with ErrorClass::BadInput
/// if they contradict each other, naming them.
[[nodiscard]] Result<OutputPlan> resolve_output(const FetchOptions& options);

}  // namespace runnel
