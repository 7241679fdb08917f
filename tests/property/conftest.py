"""The fixtures of tests/e2e, but for the limit of a whole test: the number of seeds is free. Each process has a limit
of its own, and ctest has one for the file."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "e2e"))

from support.fixtures import *  # noqa: E402, F403


@pytest.fixture(autouse=True)
def patience():
    yield
