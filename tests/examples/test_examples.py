"""The gallery: every program of docs/examples prints its transcript, with `runnel mock` as the server; and the C++
of docs/cookbook.md compiles.

A transcript is the output of an earlier run. Times, dates, ports and process numbers differ between runs, so they
are replaced before comparing; everything else, above all the order of the lines, must be the same."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "e2e"))
from support import tool  # noqa: E402  (the path has to be set first)

GALLERY = tool.CHECKOUT / "docs" / "examples"
PROGRAMS = Path(os.environ.get("EXAMPLES") or tool.CHECKOUT / "build" / "tests" / "examples" / "bin")
INCLUDE = PROGRAMS.parent / "include"
COOKBOOK = tool.CHECKOUT / "docs" / "cookbook.md"
NAMES = sorted(source.stem for source in GALLERY.glob("*.cpp"))
ROWS = [f"{letter}{number}" for letter, last in zip("ABCD", (6, 11, 13, 12)) for number in range(1, last + 1)]
OF_THE_DAY = [
    (r"\b\d+(\.\d+)? ?(ns|us|ms|s|seconds?)\b", r"# \2"),
    (r"\b(Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT", "DATE"),
    (r"127\.0\.0\.1:\d+", "127.0.0.1:PORT"),
    (r"\bprocess \d+", "process #"),
]


def of_any_day(text):
    for pattern, equal in OF_THE_DAY:
        text = re.sub(pattern, equal, text)
    return text


@pytest.fixture(scope="module")
def mock_url():
    session = tool.Session([tool.binary(), "mock", str(GALLERY / "routes.json")])
    yield session.line().decode().rstrip("\n")
    session.close()


def transcript(name, ending=".txt"):
    file = GALLERY / (name + ending)
    return file.read_text(encoding="utf-8") if file.exists() else ""


@pytest.mark.parametrize("name", NAMES)
def test_it_prints_its_transcript(name, mock_url):
    done = subprocess.run([PROGRAMS / name, mock_url], capture_output=True, text=True, check=False, timeout=60,
                          stdin=subprocess.DEVNULL, env=tool.environment())
    assert of_any_day(done.stdout) == of_any_day(transcript(name))
    assert of_any_day(done.stderr) == of_any_day(transcript(name, ".stderr.txt"))
    assert done.returncode == 0


def table():
    """row -> the other cells, from docs/seeds.md"""
    lines = (tool.CHECKOUT / "docs" / "seeds.md").read_text(encoding="utf-8").splitlines()
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if line.startswith("| ")]
    return {row[0]: row[1:] for row in cells if row[0] in ROWS}


def test_the_table_has_every_row():
    assert sorted(table()) == sorted(ROWS)


def test_every_example_stands_in_the_table_and_is_there():
    named = {name for cells in table().values() for cell in cells
             for name in re.findall(r"\(examples/(\w+)\.cpp\)", cell)}
    assert named == set(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_it_is_short_enough_to_be_read(name):
    assert len((GALLERY / f"{name}.cpp").read_text(encoding="utf-8").splitlines()) <= 65


def test_tests_named_by_the_table_exist():
    """Command rows name their test: `test_forms.py::test_…`."""
    for row, cells in table().items():
        for file, name in re.findall(r"`(test_\w+\.py)::(test_\w+)`", " ".join(cells)):
            source = (tool.CHECKOUT / "tests" / "e2e" / file).read_text(encoding="utf-8")
            assert f"def {name}(" in source, f"row {row} names {file}::{name}"


def cookbook():
    """The text of the cookbook and its C++, each with the lines of the other left empty."""
    text, code, fence = [], [], None
    for line in COOKBOOK.read_text(encoding="utf-8").splitlines():
        is_fence = line.startswith("```")
        text.append("" if is_fence or fence is not None else line)
        code.append(line if fence == "cpp" and not is_fence else "")
        if is_fence:
            fence = None if fence is not None else line[3:]
    return "\n".join(text) + "\n", "\n".join(code) + "\n"


def test_the_pieces_of_the_cookbook_compile(tmp_path):
    _, code = cookbook()
    assert code.count("#include <runnel/") > 10
    source = tmp_path / "cookbook.cpp"
    source.write_text(code, encoding="utf-8")
    compiler = os.environ.get("CXX") or "c++"
    done = subprocess.run([compiler, "-std=c++20", "-fsyntax-only", "-Wall", "-Wextra", "-Werror", "-I", INCLUDE,
                           "-I", tool.CHECKOUT / "src", "-I", Path(__file__).parent,
                           "-include", "cookbook_prelude.hpp", source],
                          capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 0, done.stderr


def test_what_the_cookbook_names_stands_in_a_header():
    text, _ = cookbook()
    headers = " ".join(file.read_text(encoding="utf-8") for file in (tool.CHECKOUT / "src").rglob("*.hpp"))
    known = set(re.findall(r"\w+", headers))
    named = {word for span in re.findall(r"`([^`]+)`", text) for word in re.findall(r"[A-Za-z_]\w*", span)}
    assert len(named) > 50
    assert named <= known, named - known
