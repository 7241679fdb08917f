"""Names that do not resolve."""

from faults import names
from faults.trial import Beside


class TestFaults(Beside):
    FAULTS = names.FAULTS


def test_names_resolve_once_they_can(fetch, server, resolver):
    server.serve("/good", b"good\n")
    result = fetch("--json", server.url("/good", "some.test"), env=resolver)
    assert result.record["remote_ip"] == "127.0.0.1" and result.status == 0
    assert server.requests[0].headers["host"] == f"some.test:{server.port}"


def test_a_name_that_hangs_does_not_delay_the_others(start, server, resolver):
    server.serve("/good", b"good\n")
    answering = [server.url("/good", f"host{n}.test") for n in range(20)]
    session = start(server.url("/", "hang.test"), *answering, env=resolver)
    assert [session.line(5) for _ in range(20)] == [b"good\n"] * 20


def test_thirty_names_that_hang_do_not_delay_the_others(start, server, resolver):
    server.serve("/good", b"good\n")
    hanging = [server.url("/", f"hang{n}x.test") for n in range(30)]
    session = start(*hanging, *[server.url("/good", f"host{n}.test") for n in range(20)], env=resolver)
    assert [session.line(5) for _ in range(20)] == [b"good\n"] * 20
