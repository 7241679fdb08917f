#!/bin/bash
# Checks that every header of src/ compiles by itself, so that the order of includes does not matter.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

compile() {
    # Included instead of compiled directly, because the compiler warns about `#pragma once` then.
    "${CXX:-g++}" -std=c++20 -fsyntax-only -Wall -Wextra -Werror -Isrc -x c++ - \
        <<<"#include \"${1#src/}\"" || { echo "$1: does not compile by itself" >&2; exit 1; }
}
export -f compile

# shellcheck disable=SC2016  # the inner shell expands it
find src -name '*.hpp' -print0 | sort -z |
    xargs -0 -r -n1 -P"$(nproc)" bash -c 'compile "$1"' check_headers
