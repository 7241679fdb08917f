#!/bin/bash
# Runs clang-tidy over src/, one process per processor, with the commands of the configured build in
# build/. Without FILE it checks the units of that build: a unity build parses each header once for
# several sources, which is several times faster.
#   scripts/lint/tidy.sh [FILE...]
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

tidy() {
    local output status=0
    # A unit includes sources on purpose. The build uses g++; clang does not know all of its warning
    # options.
    output=$(clang-tidy -p build --quiet --checks=-bugprone-suspicious-include \
        --extra-arg=-Wno-unknown-warning-option "$1" 2>&1) || status=1
    # Drops "1234 warnings generated", which counts suppressed warnings of system headers.
    grep -Ev '^[0-9]+ warnings? (and [0-9]+ errors? )?generated|^$' <<<"$output" || true
    return "$status"
}
export -f tidy

units() {
    python3 - <<'EOF'
import json
commands = json.load(open("build/compile_commands.json", encoding="utf-8"))
files = (command["file"] for command in commands)
ours = (file for file in files if "/tests/" not in file and "/docs/" not in file)
print(*sorted(ours), sep="\0", end="\0")
EOF
}

# shellcheck disable=SC2016  # the inner shell expands it
if (($#)); then
    printf '%s\0' "$@"
else
    units
fi | xargs -0 -r -n1 -P"$(nproc)" bash -c 'tidy "$1"' tidy
