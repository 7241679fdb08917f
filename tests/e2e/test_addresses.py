"""Hosts with several addresses of which some do not answer, refuse, or are not allowed."""

import json
import socket
import ssl
import time
from urllib.parse import urlsplit

import pytest

from support.faults import BlackHole
from support.http2 import Http2Server
from support.peer import Peer
from support.server import Server

HOLE = "127.0.0.2"
OTHER_HOLE = "127.0.0.3"
REFUSING = "127.0.0.4"
OTHER = "127.0.0.5"
SERVING = "127.0.0.1"

# Limits in seconds. The next address is tried after 0.25 s. A machine under load needs longer, so AT_ONCE is for the
# quickest of several requests.
QUICK = 5
AT_ONCE = 0.2


def has_ipv6():
    try:
        socket.create_server(("::1", 0), family=socket.AF_INET6).close()
    except OSError:
        return False
    return True


@pytest.fixture
def holes(server):
    """Addresses that do not answer, at the port of `server`."""
    server.serve("/", b"here\n")
    opened = [BlackHole(host, server.port) for host in (HOLE, OTHER_HOLE)]
    yield opened
    for hole in opened:
        hole.close()


def resolve(server, *addresses, host="h.test"):
    return ("--resolve", f"{host}:{server.port}:{','.join(addresses)}")


def test_an_address_that_does_not_answer_is_left_for_the_next(fetch, server, holes):
    result = fetch("--json", *resolve(server, HOLE, SERVING), server.url("/", "h.test"))
    record = result.record
    assert (result.status, record["response_code"], record["remote_ip"]) == (0, 200, SERVING)
    assert 0.25 <= record["time_total"] < QUICK
    assert record["time_namelookup"] < 0.25 <= record["time_connect"] <= record["time_total"]
    assert record["attempts"] == 1
    assert len(server.requests) == 1


def test_the_address_that_answered_is_kept_for_the_run(fetch, server, holes):
    server.serve("/", lambda talk: talk.reply(b"here\n", headers={"Connection": "close"}))
    urls = [server.url(f"/?{number}", "h.test") for number in range(5)]
    result = fetch("--json", "-j", "1", *resolve(server, HOLE, SERVING), *urls)
    first, *others = result.records
    assert (result.status, {record["remote_ip"] for record in result.records}) == (0, {SERVING})
    assert first["time_connect"] >= 0.25
    assert min(record["time_connect"] for record in others) < AT_ONCE
    assert server.connections == 6  # one of them is the probe's


def test_requests_at_a_time_share_one_race(fetch, server, holes):
    urls = [server.url(f"/?{number}", "h.test") for number in range(10)]
    result = fetch("--json", "-j", "10", *resolve(server, HOLE, OTHER_HOLE, SERVING), *urls)
    assert result.status == 0
    assert {record["remote_ip"] for record in result.records} == {SERVING}
    assert 0.5 <= max(record["time_total"] for record in result.records) < QUICK
    assert len(server.requests) == 10
    assert server.connections <= 11  # one of them is the probe's


def test_an_address_that_refuses_costs_no_time(fetch, server):
    server.serve("/", b"here\n")
    urls = [server.url("/", f"h{number}.test") for number in range(5)]
    result = fetch("--json", "-j", "1", *resolve(server, REFUSING, SERVING, host="*"), *urls)
    assert (result.status, {record["remote_ip"] for record in result.records}) == (0, {SERVING})
    assert min(record["time_total"] for record in result.records) < AT_ONCE
    assert server.connections == 5


def test_an_address_that_refuses_is_skipped_in_the_race(fetch, server, holes):
    addresses = (HOLE, REFUSING, "127.0.0.5", "127.0.0.6", "127.0.0.7", SERVING)
    result = fetch("--json", *resolve(server, *addresses), server.url("/", "h.test"))
    assert (result.status, result.record["remote_ip"]) == (0, SERVING)
    assert 0.25 <= result.record["time_total"] < QUICK


def test_no_address_is_raced_while_the_first_answers(fetch, server):
    server.serve("/", lambda talk: (talk.pause(0.6), talk.reply(b"late\n")))
    result = fetch("--json", *resolve(server, SERVING, "127.0.0.5"), server.url("/", "h.test"))
    assert (result.status, result.record["remote_ip"], server.connections) == (0, SERVING, 1)


def test_addresses_that_do_not_answer_end_at_the_connect_timeout(fetch, server, holes):
    result = fetch("--json", "--retry", "0", "--connect-timeout", "1s", *resolve(server, HOLE, OTHER_HOLE),
                   server.url("/", "h.test"))
    record = result.record
    assert (result.status, record["error"], record["exitcode"]) == (1, "connect", 28)
    assert 1 <= record["time_total"] < QUICK
    assert HOLE in record["errormsg"] and OTHER_HOLE in record["errormsg"], record["errormsg"]


def test_addresses_that_refuse_end_at_once(fetch, server):
    urls = [server.url("/", f"h{number}.test") for number in range(5)]
    result = fetch("--json", "--retry", "0", "-j", "1", *resolve(server, REFUSING, "127.0.0.5", host="*"), *urls)
    record = result.records[0]
    assert (result.status, record["error"], record["exitcode"]) == (1, "connect", 7)
    assert min(record["time_total"] for record in result.records) < AT_ONCE
    assert REFUSING in record["errormsg"] and "127.0.0.5" in record["errormsg"], record["errormsg"]


def test_ipv6_that_does_not_answer_is_left_for_ipv4(fetch, server):
    if not has_ipv6():
        pytest.skip("this machine has no ::1")
    server.serve("/", lambda talk: talk.reply(b"here\n", headers={"Connection": "close"}))
    hole = BlackHole("::1", server.port)
    urls = [server.url(f"/?{number}", "h.test") for number in range(3)]
    result = fetch("--json", "-j", "1", *resolve(server, "[::1]", SERVING), *urls)
    hole.close()
    first, *others = result.records
    assert (result.status, {record["remote_ip"] for record in result.records}) == (0, {SERVING})
    assert 0.25 <= first["time_connect"] < QUICK
    assert min(record["time_connect"] for record in others) < AT_ONCE


def test_ipv4_that_does_not_answer_is_left_for_ipv6(fetch, server, holes):
    if not has_ipv6():
        pytest.skip("this machine has no ::1")
    ipv6 = Server(listener=socket.create_server(("::1", server.port), family=socket.AF_INET6))
    ipv6.serve("/", b"six\n")
    result = fetch("--json", "-j", "1", *resolve(server, HOLE, "[::1]"), server.url("/", "h.test"))
    ipv6.close()
    assert (result.status, result.record["remote_ip"]) == (0, "::1")


def closing(body):
    return lambda talk: talk.reply(body, headers={"Connection": "close"})


@pytest.mark.parametrize("how", ["refuses", "hangs"])
def test_an_address_that_is_kept_and_fails_later_is_left(start, how):
    """127.0.0.4 refuses and 127.0.0.1 serves; then it is the other way round."""
    first = Server()
    first.serve("/", closing(b"first\n"))
    url = first.url("/", "h.test")
    session = start("--json", *resolve(first, REFUSING, SERVING), "-i", "-")
    session.say(url)
    assert json.loads(session.line())["remote_ip"] == SERVING
    first.close()
    second = Server(listener=socket.create_server((REFUSING, first.port)))
    second.serve("/", closing(b"second\n"))
    hole = BlackHole(SERVING, first.port) if how == "hangs" else None
    times = []
    for _ in range(5):
        session.say(url)
        record = json.loads(session.line())
        assert (record["remote_ip"], record["ok"]) == (REFUSING, True), record
        times.append(record["time_connect"])
    assert max(times) < QUICK and min(times[1:]) < AT_ONCE, times
    session.end_input()
    assert session.result().status == 0
    second.close()
    if hole:
        hole.close()


def test_http2_requests_share_a_connection_to_the_address_that_answered(fetch, authority):
    def answer(stream):
        stream.head()
        stream.data(b"over 2\n", end=True)
    server = Http2Server(authority.server, answer)
    port = urlsplit(server.url).port
    hole = BlackHole(HOLE, port)
    urls = [f"https://h.test:{port}/?{number}" for number in range(10)]
    result = fetch("--json", "--http2", "-k", "-j", "10", "--resolve", f"h.test:{port}:{HOLE},{SERVING}", *urls)
    hole.close()
    server.close()
    assert result.status == 0, result.records[0]
    assert {(record["remote_ip"], record["http_version"]) for record in result.records} == {(SERVING, "2")}
    assert max(record["time_total"] for record in result.records) < QUICK


@pytest.mark.parametrize("through", ["https", "socks"])
def test_an_address_that_has_accepted_is_not_left_in_a_slow_handshake(fetch, authority, through):
    """Both addresses accept; the handshake takes longer than the delay after which the next address is tried."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(authority.server.public, authority.server.key)

    def answer(sock):
        time.sleep(0.6)
        if through == "https":
            with context.wrap_socket(sock, server_side=True) as sock:
                sock.recv(1 << 16)
                sock.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhere\n")
        else:
            sock.recv(1 << 16)
            sock.sendall(b"\x05\x00")
            sock.recv(1 << 16)
            sock.sendall(b"\x05\x00\x00\x01\0\0\0\0\0\0")
            sock.recv(1 << 16)
            sock.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhere\n")
    first = Peer(answer)
    second = Peer(answer, listener=socket.create_server((OTHER, first.port)))
    host = "h.test" if through == "https" else "proxy.test"
    options = ["-k", f"https://h.test:{first.port}/"] if through == "https" else [
        "-x", f"socks5h://proxy.test:{first.port}", "http://target.test/"]
    result = fetch("--json", "--retry", "0", "--connect-timeout", "5s", "--resolve",
                   f"{host}:{first.port}:{SERVING},{OTHER}", *options)
    first.close()
    second.close()
    assert (result.status, result.record["remote_ip"]) == (0, SERVING), result
    assert (first.connections, second.connections) == (1, 0)


def test_a_family_is_raced_alone(fetch, server, holes):
    result = fetch("--json", "-4", *resolve(server, "[::1]", HOLE, SERVING), server.url("/", "h.test"))
    assert (result.status, result.record["remote_ip"]) == (0, SERVING)


def test_the_addresses_of_a_proxy_are_raced(fetch, server, holes):
    server.serve_elsewhere(lambda talk: talk.reply(b"by proxy\n"))
    result = fetch("--json", "-x", f"http://proxy.test:{server.port}",
                   *resolve(server, HOLE, SERVING, host="proxy.test"), "http://target.test/")
    assert (result.status, result.record["remote_ip"]) == (0, SERVING)
    assert server.requests[0].target == "http://target.test/"


def test_connect_to_goes_to_several_addresses(fetch, server, holes):
    result = fetch("--json", "--connect-to", f"::h.test:{server.port}", *resolve(server, HOLE, SERVING),
                   "http://other.test/")
    assert (result.status, result.record["remote_ip"]) == (0, SERVING)


def test_tls_is_raced_as_well(fetch, secure_server):
    secure_server.serve("/", b"secret\n")
    hole = BlackHole(HOLE, secure_server.port)
    result = fetch("--json", "-k", *resolve(secure_server, HOLE, SERVING), secure_server.url("/", "h.test"))
    hole.close()
    record = result.record
    assert (result.status, record["remote_ip"]) == (0, SERVING)
    assert 0.25 <= record["time_connect"] < record["time_appconnect"] < QUICK


def test_the_guard_sees_every_address(fetch, server, holes):
    """192.88.98.1 stands for a public address that does not answer; nothing may be sent to the private one."""
    result = fetch("--json", "--retry", "0", "--deny-private", "--connect-timeout", "1s",
                   *resolve(server, "192.88.98.1", SERVING), server.url("/", "h.test"))
    assert result.status == 1
    assert result.record["error"] in ("connect", "blocked"), result.record
    assert server.connections == 0


def test_a_body_is_sent_once(fetch, server, holes):
    server.serve("/", lambda talk: talk.reply(talk.request.body))
    result = fetch("--raw", "-d", "once", *resolve(server, HOLE, SERVING), server.url("/", "h.test"))
    assert (result.status, result.stdout, len(server.requests)) == (0, b"once", 1)


@pytest.mark.parametrize("command", ["race", "ip"])
def test_other_commands_get_there_as_well(runnel, secure_server, command, tmp_path):
    secure_server.serve("/", b"8.8.8.8\n")
    hole = BlackHole(HOLE, secure_server.port)
    url = secure_server.url("/", "h.test")
    providers = tmp_path / "providers"
    providers.write_text(json.dumps({"name": "own", "url": url, "format": "text"}))
    sources = ("--providers", str(providers)) if command == "ip" else (url,)
    result = runnel(command, "-k", *resolve(secure_server, HOLE, SERVING), *sources)
    hole.close()
    assert (result.status, result.stdout) == (0, b"8.8.8.8\n"), result


@pytest.mark.parametrize("scheme", ["http", "tcp"])
def test_a_check_reaches_its_target(runnel, server, holes, scheme):
    target = server.url("/", "h.test") if scheme == "http" else f"tcp://h.test:{server.port}"
    result = runnel("check", *resolve(server, HOLE, SERVING), target)
    assert result.status == 0, result


def test_a_deadline_ends_the_race(fetch, server, holes):
    result = fetch("--json", "--deadline", "0.7", *resolve(server, HOLE, OTHER_HOLE), server.url("/", "h.test"))
    assert result.record["error"] == "deadline"
    assert result.seconds < QUICK
