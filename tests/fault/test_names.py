"""Names that do not resolve."""

import pytest

from faults import names
from faults.fault import GUARDED_NAMES
from faults.trial import Beside, running
from support.name_server import A, a


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


@pytest.mark.parametrize("first", ["public", "private"])
def test_a_name_that_turns_private_is_not_connected_to(places, first):
    """Rebinding: each answer has another address than the one before, on a new name and after redirects."""
    with running(places, GUARDED_NAMES, "--json", "-j", "4") as session:
        public, addresses = places.in_cell(places.cell.public), [places.cell.public, "127.0.0.1"]
        private = places.in_cell("127.0.0.1", public.port)
        private.serve_elsewhere(lambda talk: talk.reply(b"secret\n"))

        def alternating(query):
            turn = query.number // 2 + (first == "private")
            return query.answer(*(a(addresses[turn % 2]) if query.type == A else ()))
        hosts = [f"turning{number}.test" for number in range(10)]
        for host in hosts:
            places.names.serve(host, alternating)
        public.serve_elsewhere(lambda talk: talk.reply(status=302, headers={
            "Location": f"http://{talk.request.headers['host']}/again", "Connection": "close"}))
        session.say(*[public.url("/", host) for host in hosts])
        session.end_input()
        result = session.result(60)
    assert {record["error"] for record in result.records} <= {"blocked", "redirect"}
    assert len(result.records) == len(hosts)
    assert not private.connections
