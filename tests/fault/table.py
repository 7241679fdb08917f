#!/usr/bin/env python3
"""Writes the table of faults into a page, between its two marks: tests/fault/table.py docs/testing.md"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "e2e"))

from faults import TABLE  # noqa: E402
from faults.catalogue import SUBJECTS  # noqa: E402

BEGIN, END = "<!-- written by tests/fault/table.py -->\n", "<!-- end of what tests/fault/table.py writes -->\n"


def _either(errors):
    return " or ".join(f"`{error}`" if error else "delivered" for error in errors)


def classes(fault):
    return _either(fault.errors) + (f"; libcurl before 8.3: {_either(fault.before_8_3)}" if fault.before_8_3 else "")


def names(rows):
    """The names of rows; those that begin alike are listed behind a colon."""
    kinds = {}
    for kind, _, variant in (name.partition(": ") for name in rows):
        kinds.setdefault(kind, []).append(variant)
    return "; ".join(kind + (f": {', '.join(variants)}" if variants[0] else "") for kind, variants in kinds.items())


def lines():
    """Faults with the same class and bounds are one line."""
    merged = {}
    for name, fault in TABLE.items():
        merged.setdefault((fault.id, classes(fault), fault.within, fault.memory), []).append(name)
    for (number, words, within, memory), rows in sorted(merged.items(), key=lambda row: int(row[0][0][1:])):
        yield f"| {number} | {names(rows)} | {words} | {within} | {memory} |"


def subjects():
    for number, subject in SUBJECTS.items():
        count = len(subject.rows(number))
        tests = ", ".join(f"`{test}`" for test in subject.tests)
        yield f"| {number} | {subject.what} | {count or ''} | {tests} |"


def text():
    return "\n".join(["", "| | what goes wrong | rows | other tests |", "|---|---|---|---|", *subjects(), "",
                      "| | faults | class | seconds | MiB |", "|---|---|---|---|---|", *lines(), "", ""])


def updated(page):
    before, rest = page.split(BEGIN)
    return before + BEGIN + text() + END + rest.split(END)[1]


if __name__ == "__main__":
    place = Path(sys.argv[1])
    place.write_text(updated(place.read_text("utf-8")), "utf-8")
