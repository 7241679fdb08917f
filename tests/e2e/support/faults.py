"""Handlers of scripted servers that answer badly, and addresses that do not answer. tests/fault has the table of
faults that is made of them."""

import itertools
import socket

from .bodies import gzip
from .pace import seconds

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


def never_ending(status, headers=None):
    """A handler whose body arrives byte by byte without an end."""
    def answer(talk):
        talk.head({"Transfer-Encoding": "chunked"} | (headers or {}), status)
        while not talk.server.stopping.is_set():
            talk.chunk(b"x")
            talk.pause(0.3)
    return answer


def compressed(body):
    return lambda talk: talk.reply(body, headers={"Content-Encoding": "gzip"})


def redirect(location=None):
    return lambda talk: talk.reply(status=302, headers={"Location": location} if location else {})


def head(*lines):
    return "\r\n".join(("HTTP/1.1 200 OK",) + lines).encode() + b"\r\n\r\n"


def silent(*parts):
    """A handler that sends these bytes and then waits."""
    return lambda talk: talk.send(*parts) or talk.hang()


class BlackHole:
    """An address that does not answer SYN: a listener that does not accept, with a full queue."""

    def __init__(self, host="127.0.0.1", port=0):
        self.host = host
        self._family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self._listener = socket.socket(self._family)
        self._listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self._listener.bind((host, port))
        self._listener.listen(0)
        self.port = self._listener.getsockname()[1]
        self._fillers = [self._connect() for _ in range(8)]

    def _connect(self):
        filler = socket.socket(self._family)
        filler.setblocking(False)
        filler.connect_ex((self.host, self.port))
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
