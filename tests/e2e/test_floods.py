"""Peers that send as fast as the client reads what is not a response: the run keeps its limits, and the other
requests go on."""

import signal
import socket
import threading
import time

import pytest

from support.http2 import ACK, DATA, PING, PRIORITY, Http2Server, frame
from support.pace import duration, seconds

UNKNOWN = 0xfa
FLOODS = {
    "answers to pings": lambda: frame(PING, ACK, 0, bytes(8)),
    "priorities": lambda: frame(PRIORITY, 0, 1, bytes(5)),
    "frames of an unknown type": lambda: frame(UNKNOWN, 0, 0),
    "empty data": lambda: frame(DATA, 0, 1),
}


@pytest.fixture
def servers(authority):
    running = []

    def start_server(answer):
        running.append(Http2Server(authority.server, answer))
        return running[-1]
    yield start_server
    for server in running:
        server.close()


@pytest.fixture
def flood(servers, authority):
    """flood(frames) returns the arguments that fetch from a server which begins a response and floods."""
    def start_server(frames):
        def answer(stream):
            stream.head()
            stream.data(b"one\n")
            stream.flood(frames)
        return ["--http2", "--retry", "0", "--cacert", authority.own.public, servers(answer).url]
    return start_server


@pytest.mark.parametrize("kind", FLOODS)
def test_a_flood_does_not_delay_a_time_limit(fetch, flood, kind):
    result = fetch("--json", "-m", duration(0.5), *flood(FLOODS[kind]()))
    assert result.record["error"] == "timeout"
    assert result.seconds < seconds(3)


@pytest.mark.parametrize("kind", FLOODS)
def test_a_flood_does_not_delay_the_deadline(fetch, flood, kind):
    result = fetch("--deadline", duration(0.5), *flood(FLOODS[kind]()))
    assert (result.status, result.stdout) == (124, b"one\n")
    assert result.seconds < seconds(3)


def test_a_flood_does_not_delay_signals(start, flood):
    session = start(*flood(FLOODS["answers to pings"]()))
    assert session.line() == b"one\n"
    began = time.monotonic()
    session.signal(signal.SIGTERM)
    while "signal again" not in session.stderr() and time.monotonic() < began + seconds(3):
        time.sleep(0.01)
    session.signal(signal.SIGTERM)
    assert session.ends_within(3, since=began).status == 143


def test_floods_on_many_connections_do_not_delay_the_deadline(fetch, flood):
    *options, url = flood(FLOODS["empty data"]())
    result = fetch("--deadline", duration(1), "-j", "50", *options, *[f"{url}{n}" for n in range(50)])
    assert result.status == 124
    assert result.seconds < seconds(5)


def test_other_requests_go_on_beside_a_flood(start, flood, server):
    *options, url = flood(FLOODS["frames of an unknown type"]())
    session = start(*options)
    session.say(url)
    assert session.line() == b"one\n"
    for number in range(20):
        session.say(server.serve(f"/{number}", b"%d\n" % number))
        assert session.line(timeout=3) == b"%d\n" % number


class RawServer:
    """Answers the first bytes of each connection with a block that it repeats without end."""

    def __init__(self, block, begin=b""):
        self._block = block * (1 + (1 << 16) // len(block))
        self._begin = begin
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        while True:
            try:
                sock, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._flood, args=(sock,), daemon=True).start()

    def _flood(self, sock):
        with sock:
            try:
                sock.recv(1 << 16)
                sock.sendall(self._begin)
                while True:
                    sock.sendall(self._block)
            except OSError:
                pass  # the client closed the connection

    def close(self):
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()


@pytest.fixture
def raw():
    running = []

    def start_server(*args):
        running.append(RawServer(*args))
        return running[-1].port
    yield start_server
    for server in running:
        server.close()


HELLO_REQUESTS = bytes(4) * 1000
HANDSHAKE_RECORD = b"\x16\x03\x03" + len(HELLO_REQUESTS).to_bytes(2, "big") + HELLO_REQUESTS


def test_a_tls_handshake_without_end_does_not_delay_the_connect_timeout(fetch, raw):
    result = fetch("--json", "--retry", "0", "--connect-timeout", duration(0.5),
                   f"https://127.0.0.1:{raw(HANDSHAKE_RECORD)}/")
    assert result.record["error"] in ("connect", "tls")
    assert result.seconds < seconds(3)


ENDLESS_ANSWERS = {
    "a body": (b"x" * 1000, b"HTTP/1.1 407 Who are you\r\nProxy-Authenticate: Basic realm=x\r\n"
                            b"Content-Length: 9000000000000000000\r\n\r\n"),
    "chunks": (b"1\r\nx\r\n", b"HTTP/1.1 407 Who are you\r\nProxy-Authenticate: Basic realm=x\r\n"
                              b"Transfer-Encoding: chunked\r\n\r\n"),
    "headers": (b"A: b\r\n", b"HTTP/1.1 200 Connected\r\n"),
}


@pytest.mark.parametrize("kind", ENDLESS_ANSWERS)
def test_an_answer_of_a_proxy_without_end_is_its_failure(fetch, raw, kind):
    port = raw(*ENDLESS_ANSWERS[kind])
    result = fetch("--json", "--retry", "0", "-x", f"http://127.0.0.1:{port}", "https://target.test/")
    assert result.record["error"] == "proxy"
    assert result.seconds < seconds(3)
