"""Bodies that are too large, or whose content coding is broken."""

from faults import bodies
from faults.trial import Beside


class TestFaults(Beside):
    FAULTS = bodies.FAULTS
