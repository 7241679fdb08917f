"""Everything that can go wrong between a client and a server, as routes and addresses, with its class of failure."""

import itertools
import socket
from dataclasses import dataclass

from .bodies import gzip
from .pace import duration, seconds

TEXT = b"one\ntwo\nthr"
BOMB = gzip([(b"x" * 1023 + b"\n") * 1024] * 48)
PACKED = gzip([TEXT * 99])
ENDLESS = 32 << 20


def raw(*parts):
    """A handler that sends these bytes and closes the connection."""
    return lambda talk: talk.send(*parts)


def then_reset(*parts):
    """A handler that sends these bytes, lets them arrive, and resets the connection."""
    def answer(talk):
        talk.send(*parts)
        talk.pause(seconds(0.1) if parts else 0)
        talk.reset()
    return answer


def endless(start, repeated):
    def answer(talk):
        talk.send(start)
        for _ in range(ENDLESS // len(repeated)):
            talk.send(repeated)
        talk.hang()
    return answer


def dripping(pause):
    def answer(talk):
        talk.head({"Content-Length": 1000})
        for _ in itertools.takewhile(lambda _: not talk.server.stopping.is_set(), range(1000)):
            talk.send(b"x")
            talk.pause(pause)
    return answer


def compressed(body):
    return lambda talk: talk.reply(body, headers={"Content-Encoding": "gzip"})


def redirect(location=None):
    return lambda talk: talk.reply(status=302, headers={"Location": location} if location else {})


def head(*lines):
    return "\r\n".join(("HTTP/1.1 200 OK",) + lines).encode() + b"\r\n\r\n"


class BlackHole:
    """An address that does not answer SYN: a listener that does not accept, with a full queue."""

    def __init__(self):
        self._listener = socket.socket()
        self._listener.bind(("127.0.0.1", 0))
        self._listener.listen(0)
        self.port = self._listener.getsockname()[1]
        self._fillers = [self._connect() for _ in range(8)]

    def _connect(self):
        filler = socket.socket()
        filler.setblocking(False)
        filler.connect_ex(("127.0.0.1", self.port))
        return filler

    def close(self):
        for sock in [self._listener, *self._fillers]:
            sock.close()


class Refusing:
    """An address without a listener, reserved by a bound socket; `sock` can listen later."""

    def __init__(self):
        self.sock = socket.socket()
        self.sock.bind(("127.0.0.1", 0))
        self.port = self.sock.getsockname()[1]

    def listen(self):
        self.sock.listen(128)

    def close(self):
        self.sock.close()


class Places:
    """Addresses for faulty URLs, one of each kind, on this machine."""

    def __init__(self, server, secure_server):
        self.server = server
        self.secure_server = secure_server
        self.black_hole = BlackHole()
        self.refusing = Refusing()

    def close(self):
        self.black_hole.close()
        self.refusing.close()


@dataclass(frozen=True)
class Fault:
    """`place(places, path)` gives the URL; `errors` are the classes it may be reported as."""
    errors: tuple
    place: callable
    options: tuple = ()


def route(answer):
    return lambda places, path: places.server.serve(path, answer)


def on(host):
    return lambda places, path: places.server.url(path, host)


def elsewhere(kind):
    """At one of the addresses that do not answer."""
    return lambda places, path: f"http://127.0.0.1:{getattr(places, kind).port}{path}"


def silent(*parts):
    """A handler that sends these bytes and then waits."""
    return lambda talk: talk.send(*parts) or talk.hang()


SIZED, CHUNKED = head("Content-Length: 100"), head("Transfer-Encoding: chunked")
SOON = duration(0.3)

FAULTS = {
    "body shorter than its length": Fault(("truncated",), route(raw(SIZED, TEXT))),
    "last chunk missing": Fault(("truncated",), route(raw(CHUNKED, b"b\r\n" + TEXT + b"\r\n"))),
    "end within a chunk": Fault(("truncated",), route(raw(CHUNKED, b"ff\r\n" + TEXT))),
    "reset in the body": Fault(("truncated",), route(then_reset(SIZED, TEXT))),
    "reset after the headers": Fault(("truncated",), route(then_reset(SIZED))),
    "reset in a chunked body": Fault(("truncated",), route(then_reset(CHUNKED, b"ff\r\n" + TEXT))),
    "reset in a body that ends with the connection": Fault(("truncated",), route(then_reset(head(), TEXT))),
    "reset before the headers": Fault(("connect",), route(then_reset())),
    "chunk size that is no number": Fault(("protocol",), route(raw(CHUNKED, b"zz\r\n" + TEXT))),
    "end in the headers": Fault(("protocol",), route(raw(b"HTTP/1.1 200 OK\r\nContent-Le"))),
    "end after the status line": Fault(("protocol",), route(raw(b"HTTP/1.1 200 OK\r\n"))),
    "empty reply": Fault(("protocol",), route(raw())),
    "garbage instead of a status line": Fault(("protocol",), route(raw(b"\x16\x03\x01 this is not HTTP\r\n\r\n"))),
    "status that is no number": Fault(("protocol",), route(raw(b"HTTP/1.1 OK OK\r\n\r\n"))),
    "http/0.9": Fault(("protocol",), route(raw(b"<html>hello</html>\n"))),
    "endless headers": Fault(("protocol",), route(endless(b"HTTP/1.1 200 OK\r\n", b"X-Header: value\r\n" * 64))),
    "endless header line": Fault(("protocol",), route(endless(b"HTTP/1.1 200 OK\r\nX-Header: ", b"x" * 4096))),
    "redirect loop": Fault(("redirect",), lambda places, path: places.server.serve(path, redirect(path))),
    "redirect to a file": Fault(("redirect",), route(redirect("file:///etc/passwd"))),
    "redirect to nowhere": Fault(("redirect",), route(redirect())),
    "gzip bomb": Fault(("too_large",), route(compressed(BOMB)), ("--max-body", "1M")),
    "body over the limit": Fault(("too_large",), route(lambda talk: talk.reply(TEXT * 200_000)), ("--max-body", "1M")),
    "corrupt gzip": Fault(("decode",), route(compressed(b"this is not gzip at all"))),
    "gzip with an impossible block": Fault(("decode",), route(compressed(PACKED[:10] + b"\x07" + PACKED[11:]))),
    "gzip with a wrong checksum": Fault(("decode",), route(compressed(PACKED[:-8] + b"\0" * 8))),
    "gzip cut short in a complete body": Fault(("decode", "truncated"), route(compressed(PACKED[:-12]))),
    "connection refused": Fault(("connect",), elsewhere("refusing")),
    "connection never made": Fault(("connect",), elsewhere("black_hole"), ("--connect-timeout", SOON)),
    "self-signed certificate": Fault(("tls",), lambda places, path: places.secure_server.serve(path, b"secret\n")),
    "tls to a server that speaks none": Fault(("tls",), lambda places, path: f"https://{places.server.url(path)[7:]}"),
    "silence, idle timeout": Fault(("idle",), route(silent()), ("--idle-timeout", SOON)),
    "silence, time limit": Fault(("timeout",), route(silent()), ("-m", SOON)),
    "silence in the headers": Fault(("idle",), route(silent(b"HTTP/1.1 200")), ("--idle-timeout", SOON)),
    "silence in the body": Fault(("idle",), route(silent(SIZED, TEXT)), ("--idle-timeout", SOON)),
    "a byte a second": Fault(("timeout",), route(dripping(1.0)), ("-m", duration(1.5))),
    "name that does not exist": Fault(("dns",), on("nx.test")),
    "name server in trouble": Fault(("dns",), on("again.test")),
    "status that is not expected": Fault(("http_status",), route(lambda talk: talk.reply(b"oops\n", 500))),
}
