"""All faults at once: each input has its record, and the good ones are delivered."""

import pytest

from faults import TABLE
from faults.trial import all_at_once
from support.pace import memory_limit, seconds

WAYS = {}
for _fault in TABLE.values():
    WAYS.setdefault(_fault.way, []).append(_fault)


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.name)
def test_all_faults_at_once_have_one_record_each(places, way):
    result = all_at_once(places, way, WAYS[way])
    assert result.status == 1
    assert result.seconds < seconds(10)
    assert result.memory < memory_limit(100)
