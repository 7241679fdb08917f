#pragma once

namespace runnel {

/// Parses the command line, runs the command, and returns the exit status.
[[nodiscard]] int run_main(int argc, char** argv);

}  // namespace runnel
