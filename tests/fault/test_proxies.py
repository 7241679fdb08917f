"""Proxies that do not work, or do not let a request through."""

from faults import proxies
from faults.trial import Beside


class TestFaults(Beside):
    FAULTS = proxies.FAULTS
