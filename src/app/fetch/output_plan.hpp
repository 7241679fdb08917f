#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "app/fetch/fetch_options.hpp"
#include "app/format/body_filters.hpp"
#include "app/format/file_format.hpp"
#include "base/result.hpp"
#include "io/named_file.hpp"
#include "pipeline/file_template.hpp"
#include "pipeline/write_out_template.hpp"

namespace runnel {

/// The output options of `fetch`, resolved: the output for each input, and where it goes.
struct OutputPlan {
    enum class Printing { Lines, Raw, Records, Text };

    Printing printing = Printing::Lines;
    BodyFilterOptions filter;              ///< For Lines.
    bool tag = false;                      ///< For Lines: start each line with its input.
    bool whole = false;                    ///< For Lines and Raw: print complete bodies only.
    bool body_in_record = false;           ///< For Records.
    std::optional<WriteOutTemplate> text;  ///< For Text; set if and only if that is printed.
    std::optional<FileTemplate> files;     ///< Write bodies to these files; null if not set.
    std::optional<NamedFile> stream;       ///< Write bodies to this stream; null if not set.
    std::string stream_name;               ///< Name of the stream as given.
    FileFormat::Existing existing_files = FileFormat::Existing::Replace;
    bool claims_files = false;   ///< A file belongs to one URL, over all runs.
    std::uint64_t max_body = 0;  ///< Bytes; 0 means no limit.
    bool keep_order = false;
    std::uint64_t order_buffer = 0;  ///< Bytes; 0 means no limit.

    /// Whether bodies are not printed, but written to files or a stream.
    [[nodiscard]] bool writes_bodies() const noexcept { return files || stream; }
};

/// Resolves the output options, and reads the file of `-w @FILE`. Fails with ErrorClass::BadInput
/// if they contradict each other, naming them.
[[nodiscard]] Result<OutputPlan> resolve_output(const FetchOptions& options);

}  // namespace runnel
