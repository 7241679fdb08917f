#pragma once

namespace runnel {

/// When the progress bar is shown. On: if stderr is a terminal. Auto: if in addition stdout is not
/// a terminal, because output would be printed into the bar.
enum class ProgressMode { Auto, On, Off };

}  // namespace runnel
