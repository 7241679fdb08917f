"""Connections that are refused or never made."""

from faults import connections
from faults.trial import Beside


class TestFaults(Beside):
    FAULTS = connections.FAULTS
