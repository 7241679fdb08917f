#pragma once

#include <optional>

#include "app/batch/dead_letters.hpp"
#include "app/journal/journal_file.hpp"
#include "io/directory.hpp"
#include "pipeline/etag_store.hpp"

namespace runnel {

/// The files that a run writes in addition to its output. Each is open only if its option is set.
struct RunFiles {
    DeadLetters dead_letters;
    JournalFile journal;
    std::optional<Directory> folder;  ///< Of the files of `-o`.
    std::optional<EtagStore> etags;   ///< In memory; written after the run.
};

}  // namespace runnel
