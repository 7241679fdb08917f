#include "app/cli.hpp"

int main(int argc, char** argv) { return runnel::run_cli(argc, argv); }
