#include "app/main_command.hpp"

int main(int argc, char** argv) { return runnel::run_main(argc, argv); }
