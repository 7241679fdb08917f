#pragma once

namespace runnel {

/// Makes signals end the program also if it is process 1, as in a container: the system takes no
/// default action for that process. Installs handlers for SIGHUP, SIGINT, SIGQUIT and SIGTERM that
/// exit with 128 and the number of the signal, unless the signal is ignored; a Loop that watches a
/// signal replaces its handler. Does nothing in any other process. Call it at the start of main().
void end_on_signals_as_first_process();

}  // namespace runnel
