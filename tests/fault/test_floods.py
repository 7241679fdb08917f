"""HTTP/2 servers that send frames without end."""

from faults import floods
from faults.trial import Beside


class TestFaults(Beside):
    FAULTS = floods.FAULTS
