#pragma once

namespace runnel {

/// Which lines the log prints on stderr. Quiet holds warnings and errors back, and prints them only
/// if the run fails; QuietVerbose does the same with all lines.
enum class LogLevel { Quiet, QuietVerbose, Normal, Verbose };

/// Text: `runnel: MESSAGE`, with control characters escaped. Json: one object on each line, with
/// `ts`, `level` and `message`.
enum class LogFormat { Text, Json };

}  // namespace runnel
