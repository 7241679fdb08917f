"""HTTP/2 servers that reset a stream, go away, or end a body in another way that is not its end."""

from faults import http2_ends
from faults.trial import Beside


class TestFaults(Beside):
    FAULTS = http2_ends.FAULTS
