"""The tools of the end-to-end tests: the program under test, its servers, and the speed of this machine."""
