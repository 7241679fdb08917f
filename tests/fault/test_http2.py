"""Hostile HTTP/2 servers."""

from faults import http2
from faults.trial import Beside


class TestFaults(Beside):
    FAULTS = http2.FAULTS
