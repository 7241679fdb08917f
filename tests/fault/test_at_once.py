"""All faults of a way at once: each input has its record, and the good ones are delivered."""

import os

import pytest

from faults import TABLE
from faults.fault import DIRECT
from faults.trial import all_at_once, running
from support.pace import memory_limit, seconds

WAYS = {}
for _name, _fault in TABLE.items():
    if not _fault.way.alone:
        WAYS.setdefault(_fault.way, {})[_name] = _fault


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.name)
def test_all_faults_at_once_have_one_record_each(places, way):
    result = all_at_once(places, way, WAYS[way])
    assert result.status == 1
    assert result.seconds < seconds(30)
    assert result.memory < memory_limit(200)


def open_descriptors(session):
    return len(os.listdir(f"/proc/{session.pid}/fd"))


def test_faults_leave_nothing_behind(places):
    """The same faults again and again in one run: memory and descriptors stay as they are."""
    quick = [fault for fault in TABLE.values() if fault.way is DIRECT and not fault.limits and fault.memory <= 40][::2]
    with running(places, DIRECT, "--json", "-j", "20", "--max-body", "1M", "--host-breaker", "off") as session:
        lines = [fault.place(places) for fault in quick]
        seen = []
        for _ in range(5):
            session.say(*lines)
            for _ in lines:
                session.line(60)
            seen.append((session.status_field("VmRSS"), open_descriptors(session)))
        session.end_input()
        assert session.result().status == 1
    (early, descriptors), (late, left) = seen[2], seen[-1]
    assert late < 1.05 * early + (1 << 20), seen
    assert left <= descriptors + 5, seen
