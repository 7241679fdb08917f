"""The fixtures of tests/e2e, and what the table of faults needs."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "e2e"))
pytest.register_assert_rewrite("faults.trial")

from support.fixtures import *  # noqa: E402, F403

from faults.places import Places  # noqa: E402


@pytest.fixture
def places(authority, self_signed, resolver):
    everywhere = Places(authority, self_signed, resolver)
    yield everywhere
    everywhere.close()


def pytest_generate_tests(metafunc):
    """A test with the argument `fault` runs for each row of the FAULTS of its class."""
    if "fault" in metafunc.fixturenames:
        faults = metafunc.cls.FAULTS
        metafunc.parametrize("fault", faults.values(), ids=faults.keys())
