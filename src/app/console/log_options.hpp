#pragma once

namespace runnel {

/// Which lines the log prints on stderr. Quiet holds warnings and errors back, and prints them only
/// if the run fails; QuietVerbose does the same with all lines.
enum class LogLevel { Quiet, QuietVerbose, Normal, Verbose };

/// Text: `runnel: MESSAGE`. Json: one object on each line, with `ts`, `level` and `message`. In
/// both, control characters are escaped, also in files, because logs are read on terminals.
enum class LogFormat { Text, Json };

}  // namespace runnel
