#pragma once

namespace runnel {

/// Makes a failed allocation of operator new, or a call of out_of_memory(), print one line on
/// stderr and end the process with ExitStatus::Internal. Nothing is flushed; that
/// loses no input, because the journal lists an input as delivered only after its output was
/// written.
///
/// Called before the constructors of static objects as well, because those of CLI11 allocate. The
/// program must call it nevertheless, because otherwise it would not be linked.
[[gnu::constructor(101)]] void end_on_memory_failure() noexcept;

}  // namespace runnel
