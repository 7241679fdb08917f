"""Replies, and the pages of a scripted server that send them.

A reply is the bytes that a server sends for a path. In it `{here}` is the path below which the reply and its
further hops are, `{site}` the server with its scheme and port, and `{port}` that port. Every other path answers
with the request, so that the body shows where a redirect led."""

import functools
import struct
import subprocess
import zlib
from dataclasses import dataclass, field

from .bodies import gzip, pieces

TEXT = b"one\ntwo\n"
LARGE = b"".join(b"line %d\n" % number for number in range(30_000))
PACKED = gzip([TEXT])
CHUNKS = b"4\r\none\n\r\n4\r\ntwo\n\r\n"
ODD_BYTES = bytes(range(0x80, 0x100))


@dataclass(frozen=True)
class Difference:
    """A deliberate difference from curl: how each fails, if it does (as in Verdict), and the body that runnel
    delivers."""
    why: str
    curl: object
    runnel: object
    body: bytes = b""


@functools.cache
def curl_version():
    """The version of the curl tool, as (8, 14)."""
    shown = subprocess.run(["curl", "--version"], capture_output=True, text=True, check=True).stdout
    return tuple(int(part) for part in shown.split()[1].split(".")[:2])


def since_curl_8(difference):
    """A difference that curl 7.88 does not have."""
    return difference if curl_version() >= (8, 0) else None


@dataclass(frozen=True)
class Reply:
    """`closes`: the connection ends after it, else it stays open. `hops`: replies at further names below `{here}`.
    `asked`: the rest of the URL after the path. `options`: of both tools."""
    sent: bytes
    closes: bool = False
    hops: dict = field(default_factory=dict)
    asked: str = ""
    options: tuple = ()
    differs: Difference = None


class Site:
    """The replies as pages of a scripted server."""

    # Longer replies consist of repetitions, and are sent in large pieces.
    SINGLE_BYTES = 1500

    def __init__(self, server):
        self.byte_by_byte = False
        self._server = server
        self._pages = {}
        server.serve_elsewhere(self._answer)

    def serve(self, reply):
        """The URL of the reply."""
        here = f"/{len(self._pages)}"
        for name, sent in {"start" + reply.asked.partition("#")[0]: reply.sent, **reply.hops}.items():
            self._pages[f"{here}/{name}"] = self._filled_in(sent, here), reply.closes
        return self._server.url(f"{here}/start{reply.asked}")

    def _filled_in(self, sent, here):
        for name, value in {"here": here, "site": self._server.url(""), "port": self._server.port}.items():
            sent = sent.replace(b"{%s}" % name.encode(), str(value).encode())
        return sent

    def _answer(self, talk):
        asked = talk.request
        if asked.target not in self._pages:
            reported = (asked.method, asked.target, asked.headers.get("content-length"), asked.headers.get("authorization"))
            return talk.reply("{} {} {} {}\n".format(*reported).encode("latin-1"))
        sent, closes = self._pages[asked.target]
        for piece in pieces(sent, [1] * self.SINGLE_BYTES if self.byte_by_byte else []):
            talk.send(piece)
            talk.pause(0.0002 if len(piece) == 1 else 0)
        talk.keep_alive = not closes


def lines(*parts):
    return b"".join((part if isinstance(part, bytes) else part.encode()) + b"\r\n" for part in parts)


def raw(*head, body=b""):
    """A head of these lines and a body."""
    return lines(*head, b"") + body


def ok(*headers, body=TEXT, status="HTTP/1.1 200 OK"):
    """With a Content-Length, so that the connection can stay open."""
    return raw(status, *headers, f"Content-Length: {len(body)}", body=body)


def sized(length, body=TEXT):
    """With this text for a Content-Length header, including its name."""
    return raw("HTTP/1.1 200 OK", length, body=body)


def chunked(body, *headers, coding="Transfer-Encoding: chunked"):
    return raw("HTTP/1.1 200 OK", coding, *headers, body=body)


def encoded(coding, body, *headers):
    return ok(f"Content-Encoding: {coding}", *headers, body=body)


def redirect(location, status="302 Found", *headers, body=b""):
    """`location` is the value of the header, unchanged."""
    location = location if isinstance(location, bytes) else location.encode()
    return raw(f"HTTP/1.1 {status}", b"Location: " + location, *headers, f"Content-Length: {len(body)}", body=body)


def chain(length):
    """A chain of `length` redirects with a final response."""
    hops = {str(n): redirect(f"{{here}}/{n + 1}") for n in range(1, length)}
    return Reply(redirect("{here}/1"), hops=hops | {str(length): ok()})


def deflate(body, wbits=15):
    packer = zlib.compressobj(9, wbits=wbits)
    return packer.compress(body) + packer.flush()


def brotli(body):
    """Stored: a window of 64 KiB, one block of at most that, and an empty last one (RFC 7932, 9.2)."""
    return struct.pack("<I", (len(body) - 1) << 4 | 1 << 20)[:3] + body + b"\x03"


def gzip_with(flags, fields):
    """With header fields that gzip(1) does not write (RFC 1952, 2.3.1)."""
    return PACKED[:3] + bytes([flags]) + PACKED[4:10] + fields + PACKED[10:]


def gzip_with_check_sum():
    header = PACKED[:3] + b"\x02" + PACKED[4:10]
    return header + struct.pack("<H", zlib.crc32(header) & 0xffff) + PACKED[10:]


def stacked(layers):
    body = TEXT
    for _ in range(layers):
        body = gzip([body])
    return body
