#pragma once

#include <optional>

#include "app/batch/dead_letters.hpp"
#include "app/fetch/left_inputs.hpp"
#include "app/journal/journal_file.hpp"
#include "base/unique_fd.hpp"
#include "io/directory.hpp"
#include "pipeline/etag_store.hpp"
#include "pipeline/file_names.hpp"

namespace runnel {

/// The files that a run writes in addition to its output. Each is open only if its option is set.
struct RunFiles {
    DeadLetters dead_letters;
    JournalFile journal;
    std::optional<Directory> folder;  ///< Folder of the files of `-o`.
    FileNames names;                  ///< Names of `-o` that earlier runs gave to inputs.
    UniqueFd stream;                  ///< Stream that `-o` names.
    std::optional<EtagStore> etags;   ///< In memory; written after the run.
    LeftInputs left;                  ///< Written after the run.
};

}  // namespace runnel
