"""The folders of src form no circle, and every include points downward."""

import re
import sys
from graphlib import TopologicalSorter
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "scripts" / "lint"))
import check_layers  # noqa: E402

INCLUDE = re.compile(r'^\s*#\s*include\s*"([^"]+)"', re.M)


def folder_of(path):
    return path.parent.as_posix() if len(path.parts) > 1 else path.stem


def includes():
    """folder -> the folders that its files include, as the sources have it, whatever the table says."""
    found = {}
    for file in (ROOT / "src").glob("**/*.[ch]pp"):
        folder = folder_of(file.relative_to(ROOT / "src"))
        targets = {folder_of(Path(name)) for name in INCLUDE.findall(file.read_text(encoding="utf-8"))}
        found.setdefault(folder, set()).update(targets - {folder})
    return found


def test_the_folders_form_no_circle():
    graph = includes()
    order = list(TopologicalSorter(graph).static_order())  # raises CycleError
    assert set(order) == set(graph) and len(order) > 20


def test_every_include_points_to_an_earlier_row_of_the_table():
    rows = list(check_layers.LAYERS)
    for folder, targets in includes().items():
        for target in targets:
            assert rows.index(target) < rows.index(folder), f"{folder} includes {target}"


def test_every_folder_is_a_row_and_every_row_a_folder():
    assert set(includes()) == set(check_layers.LAYERS)


def test_rows_come_after_the_rows_that_they_name():
    rows = list(check_layers.LAYERS)
    for row, allowed in check_layers.LAYERS.items():
        assert all(rows.index(target.partition(":")[0]) < rows.index(row) for target in allowed)
