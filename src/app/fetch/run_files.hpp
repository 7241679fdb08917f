#pragma once

#include <optional>

#include "app/batch/dead_letters.hpp"
#include "app/journal/journal_file.hpp"
#include "io/directory.hpp"
#include "pipeline/etag_store.hpp"

namespace runnel {

/// The files that a run writes beside its output; each is there only if an option names it.
struct RunFiles {
    DeadLetters dead_letters;
    JournalFile journal;
    std::optional<Directory> folder;  ///< Of the files of `-o`.
    std::optional<EtagStore> etags;   ///< In memory; whoever owns this writes it at the end.
};

}  // namespace runnel
