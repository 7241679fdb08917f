"""Servers whose TLS is broken, old, or not to be trusted."""

from faults import tls
from faults.trial import Beside


class TestFaults(Beside):
    FAULTS = tls.FAULTS


def test_a_certificate_that_is_not_trusted_gets_no_request(fetch, secure_server):
    assert fetch(secure_server.serve("/", b"secret\n")).status == 1
    assert not secure_server.requests
