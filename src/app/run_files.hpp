#pragma once

#include "app/dead_letters.hpp"
#include "app/journal_file.hpp"

namespace runnel {

/// The files that a run writes beside its output; each is there only if an option names it.
struct RunFiles {
    DeadLetters dead_letters;
    JournalFile journal;
};

}  // namespace runnel
