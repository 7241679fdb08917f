"""The table is complete: every subject has rows or tests, the tests exist, and docs/testing.md shows it."""

import ast

import pytest

import table
from faults import AREAS, TABLE
from faults.catalogue import SUBJECTS
from support.tool import CHECKOUT

NAMED = sorted({test for subject in SUBJECTS.values() for test in subject.tests})
NUMBERS = [f"F{number}" for number in range(1, 47) if number != 44]  # 44 is about an engine that is not built yet


def named_in(path):
    tree = ast.parse((CHECKOUT / "tests" / path).read_text("utf-8"))
    return {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")}


def test_every_number_has_a_subject():
    assert list(SUBJECTS) == NUMBERS


@pytest.mark.parametrize("number", SUBJECTS)
def test_every_subject_has_rows_or_tests(number):
    assert SUBJECTS[number].rows(number) or SUBJECTS[number].tests


@pytest.mark.parametrize("named", NAMED)
def test_every_test_exists(named):
    path, _, name = named.partition("::")
    found = named_in(path)
    assert name in found if name else found


def test_every_row_is_of_a_subject():
    assert {fault.id for fault in TABLE.values()} <= set(SUBJECTS)


def test_no_name_is_given_twice():
    assert len(TABLE) == sum(len(area.FAULTS) for area in AREAS)


def test_the_page_shows_the_table():
    page = (CHECKOUT / "docs" / "testing.md").read_text("utf-8")
    assert table.updated(page) == page, "run python3 tests/fault/table.py docs/testing.md"
