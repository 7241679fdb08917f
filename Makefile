# `make` builds build/runnel; `make help` lists the other targets.
.DEFAULT_GOAL := all
.PHONY: all install demo test lint format asan tsan clang fuzz bench clean help

# The prefix of `make install`. GNU's lower-case spelling works as well.
PREFIX ?= $(or $(prefix),/usr/local)

# Switches off address space randomisation, because on recent kernels it collides with the shadow
# memory of the sanitizers.
FIXED_LAYOUT := $(shell setarch -R true 2>/dev/null && echo setarch -R)

CXX_FILES = $(shell find src tests docs -name '*.[ch]pp')
SHELL_FILES = $(shell find scripts .ci tests -type f \
    -exec awk '/^\#!.*sh$$/ { print FILENAME } { nextfile }' {} +)

all: build/build.ninja ## Build build/runnel, optimised (the default)
	@cmake --build --preset release --target runnel

# Without the tests, which need more packages; `make test` switches them on. Ninja runs cmake again
# when a CMake file has changed.
build/build.ninja:
	cmake --preset release -DBUILD_TESTING=OFF

install: build/build.ninja ## Build, and install the tool and the library under PREFIX (/usr/local)
	@cmake --build --preset release --target runnel librunnel
	cmake --install build --strip --prefix $(PREFIX)

demo: ## Show what runnel does; installs the packages that building needs
	@scripts/demo

test: ## Build and run all tests
	cmake --preset release -DBUILD_TESTING=ON
	cmake --build --preset release
	@scripts/test-servers || echo 'Some servers are missing: the tests that need them are skipped.'
	ctest --preset release

lint: build/build.ninja ## Check format, layers and coroutines; run clang-tidy
	python3 scripts/lint/check_layers.py
	@python3 scripts/lint/coro_lint.py $(CXX_FILES)
	@clang-format --dry-run -Werror $(CXX_FILES)
	@shellcheck $(SHELL_FILES)
	scripts/lint/check_headers.sh
	scripts/lint/tidy.sh

format: ## Format the C++ sources
	clang-format -i $(CXX_FILES)

asan tsan: ## Build and test with AddressSanitizer / ThreadSanitizer
	cmake --preset $@
	cmake --build --preset $@
	@scripts/test-servers || echo 'Some servers are missing: the tests that need them are skipped.'
	$(FIXED_LAYOUT) ctest --preset $@

clang: ## Build everything with clang++, warnings as errors
	cmake --preset clang
	cmake --build --preset clang

# Seconds for each target of `make fuzz`.
SECONDS ?= 60

fuzz: ## Fuzz the parsers with libFuzzer, SECONDS=60 for each (needs clang)
	cmake --preset fuzz
	cmake --build --preset fuzz
	$(FIXED_LAYOUT) scripts/fuzz $(SECONDS)

bench: ## Build and run the benchmarks
	cmake --preset release -DRUNNEL_BENCH=ON
	cmake --build --preset release
	@scripts/test-servers >/dev/null
	scripts/bench

clean: ## Remove everything that was built
	rm -rf build

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z].*:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)
