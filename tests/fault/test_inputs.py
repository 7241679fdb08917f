"""Lines that are no request."""

from faults import inputs
from faults.trial import Beside


class TestFaults(Beside):
    FAULTS = inputs.FAULTS
