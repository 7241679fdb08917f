#pragma once

namespace runnel {

/// The program: parses the command line, runs the command, gives the exit status.
[[nodiscard]] int run_main(int argc, char** argv);

}  // namespace runnel
