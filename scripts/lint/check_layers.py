#!/usr/bin/env python3
"""Checks the layout of the sources: which layer may include which, where third-party headers may
appear, the length of files, and a few constructs that are not allowed.

Usage: check_layers.py [ROOT]     (ROOT holds src/; default: the checkout this script is in)
"""

import re
import sys
from collections import Counter
from pathlib import Path

# layer -> what it may include besides itself and the standard library. The longest prefix of a path
# that stands here is its layer, so a room of app/ is a layer of its own. "http:public" is http
# without the files that deal with libcurl. Rows come after the rows that they name, so that there
# can be no circle.
LAYERS = {
    "base": set(),
    "async": {"base"},
    "io": {"async", "base"},
    "http": {"io", "async", "base"},
    "json": {"base"},
    "pipeline": {"http:public", "json", "async", "base"},
    "service": {"http:public", "json", "async", "base"},
    "client": {"pipeline", "http", "json", "io", "async", "base"},
    "mock": {"io", "json", "base"},
}
LIBRARY = {"base", "async", "io", "http", "json", "pipeline", "service", "mock"}
ROOMS = {
    "app/console": set(),
    "app/cli": {"app/console"},
    "app/options": {"app/cli"},
    "app/run": {"app/options", "app/console"},
    "app/check": {"app/run", "app/options", "app/cli", "app/console"},
    "app/race": {"app/run", "app/options", "app/cli", "app/console"},
    "app/journal": {"app/run", "app/console"},
    "app/batch": {"app/journal", "app/run", "app/options", "app/cli", "app/console"},
    "app/output": {"app/batch", "app/console"},
    "app/format": {"app/output", "app/journal"},
    "app/fetch": {"app/format", "app/output", "app/batch", "app/journal", "app/run", "app/options",
                  "app/cli", "app/console"},
}
LAYERS |= {room: rooms | LIBRARY for room, rooms in ROOMS.items()}
LAYERS["app"] = set(ROOMS) | LIBRARY
LAYERS["main"] = {"app"}

HTTP_PRIVATE = re.compile(
    r"http/(address_lookup|address_races?|connecting|cookie_jar|curl_\w+|easy_handle|multi(_\w+)?|read_limit|resolver(_\w+)?|socket_opener|stream_ends|tls_session|transfer|window_budget)\.hpp"
)

# third-party header -> the only layers that may include it
EXTERNAL = {
    r"uv\.h|uv/.*": {"io"},
    r"curl/.*": {"http"},
    r"zlib\.h|brotli/.*|zstd(_errors)?\.h|openssl/.*": {"http"},
    r"simdjson\.h": {"json"},
    r"CLI/.*|toml\+\+/.*": {"app/cli"},
    r"spdlog/.*": {"app/console"},
    r"microhttpd\.h": {"mock"},
    r"xxhash\.h": {"app/journal"},
    r"re2/.*": {"mock", "service"},
}

MAX_LINES = {".hpp": 250, ".cpp": 400}
MAX_LINES_MAIN = 40
MAX_FILES = 40  # of a folder, but for these:
LARGE = {"async", "http", "io", "pipeline"}

VAGUE_FILE = re.compile(r"(utils?|helpers?|common|misc)(_.*)?|.*_(utils?|helpers?|common)")

# (what, why, files where it is allowed); matched in code without comments and literals
UNWANTED = [
    (r"\b(?:class|struct)\s+\w*(?:Manager|Helper|Utils?)\b", "name a type after what it does", ()),
    (r"\bnamespace\s+(?:\w+::)*(?:utils?|helpers?|common)\b", "name it after its subject", ()),
    (r"\bpthread_detach\s*\(|\.\s*detach\s*\(", "nothing outlives its scope",
     ("http/resolver_threads.cpp",)),
    (r"catch\s*\(\s*\.\.\.\s*\)\s*\{\s*\}", "an error may not vanish", ()),
    (r"\buv_default_loop\b", "the loop is passed, there is no global one", ()),
]

INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*(?:<([^>\n]+)>|"([^"\n]+)")', re.M)
NOT_CODE = re.compile(
    r"//[^\n]*"
    r"|/\*.*?\*/"
    r'|R"(?P<mark>[^(\s]*)\(.*?\)(?P=mark)"'
    r'|"(?:\\.|[^"\\\n])*"'
    r"|(?<!\w)'(?:\\.|[^'\\\n])*'",
    re.S,
)


def blanked(text, keep=r"$^"):
    """The text with comments and literals blanked, at the same offsets."""
    blank = lambda match: re.sub(r"[^\n]", " ", match[0])
    return NOT_CODE.sub(lambda m: m[0] if re.match(keep, m[0]) else blank(m), text)


def layer_of(path):
    """The longest prefix of the path that is a layer; else its first folder."""
    folder = path.parent.as_posix() if len(path.parts) > 1 else path.stem
    prefixes = [layer for layer in LAYERS if f"{folder}/".startswith(f"{layer}/")]
    return max(prefixes, key=len, default=path.parts[0] if len(path.parts) > 1 else path.stem)


def include_problem(layer, system, own, root):
    """Why this include is not allowed, or None."""
    header = system or own
    for pattern, owners in EXTERNAL.items():
        if re.fullmatch(pattern, header):
            if layer not in owners:
                return f"<{header}> belongs in {' or '.join(sorted(owners))}/ only"
            return None
    if system:
        return None
    if not (root / "src" / own).is_file():
        return f'"{own}" is not a file under src/ (includes are written from there)'
    target = layer_of(Path(own))
    allowed = LAYERS[layer]
    if target == layer or target in allowed:
        return None
    if f"{target}:public" in allowed:
        if HTTP_PRIVATE.fullmatch(own):
            return f'"{own}" is private to {target}/'
        return None
    return f"{layer} may not include {target}"


def check_file(root, path):
    """Yields (line, problem) for one file; path is relative to root/src."""
    text = (root / "src" / path).read_text(encoding="utf-8")
    layer = layer_of(path)
    if layer not in LAYERS:
        yield 1, f"{layer} is not a layer: add it to the table in {Path(__file__).name}"
        return

    def line_at(offset):
        return text.count("\n", 0, offset) + 1

    for match in INCLUDE.finditer(blanked(text, keep=r'"')):
        problem = include_problem(layer, match[1], match[2], root)
        if problem:
            yield line_at(match.start()), problem

    limit = MAX_LINES_MAIN if layer == "main" else MAX_LINES[path.suffix]
    lines = text.count("\n")
    if lines > limit:
        yield lines, f"{lines} lines; the limit is {limit}"

    for name in (*path.parts[:-1], path.stem):
        if VAGUE_FILE.fullmatch(name):
            yield 1, f'"{name}" says nothing: name it after its subject'

    code = blanked(text)
    for pattern, why, allowed in UNWANTED:
        if path.as_posix() in allowed:
            continue
        for match in re.finditer(pattern, code):
            shown = " ".join(match[0].split())
            yield line_at(match.start()), f"`{shown}`: {why}"


def check_folders(root):
    """Yields (folder, problem) for folders that hold too many files."""
    files = Counter(file.parent.relative_to(root / "src").as_posix() for file in root.glob("src/**/*.[ch]pp"))
    for folder, count in sorted(files.items()):
        if count > MAX_FILES and folder not in LARGE:
            yield folder, f"{count} files; the limit is {MAX_FILES}"


def main(arguments):
    root = Path(arguments[0] if arguments else Path(__file__).parents[2]).resolve()
    problems = 0
    for file in sorted(root.glob("src/**/*.[ch]pp")):
        for line, problem in check_file(root, file.relative_to(root / "src")):
            print(f"{file.relative_to(root)}:{line}: {problem}")
            problems += 1
    for folder, problem in check_folders(root):
        print(f"src/{folder}: {problem}")
        problems += 1
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
