"""HTTP/2 servers that are silent, play with windows, or send frames that make no sense."""

import struct

from support.faults import TEXT
from support.http2 import (
    CONTINUATION, DATA, END_HEADERS, END_STREAM, GOAWAY, HEADERS, PADDED, PING, PRIORITY, PUSH_PROMISE, RST_STREAM,
    SETTINGS, STATUS_200, WINDOW_UPDATE, field, frame)
from support.peer import hang

from support.pace import duration

from .fault import SOON, Fault

ENABLE_PUSH, MAX_CONCURRENT_STREAMS, INITIAL_WINDOW_SIZE, MAX_FRAME_SIZE = 2, 3, 4, 5


def answered(*steps, **options):
    """A server that answers with these steps, which are functions of the stream."""
    def answer(stream):
        for step in steps:
            step(stream)
    return lambda places: places.http2(answer, **options)


def head(stream):
    stream.head()


def sized(stream):
    stream.head({"content-length": "100"})


def text(stream):
    stream.data(TEXT)


def whole(stream):
    stream.head({"content-length": "5"})
    stream.data(b"good\n", end=True)


def close(stream):
    stream.close()


def sends(kind, flags=0, payload=b""):
    """Sends a frame on the stream."""
    return lambda stream: stream.frames(frame(kind, flags, stream.number, payload))


def sends_on(number, kind, flags=0, payload=b""):
    """Sends a frame on another stream, or on none (0)."""
    return lambda stream: stream.frames(frame(kind, flags, number, payload))


def headers(*fields):
    """A header block on the stream, which is still open."""
    return sends(HEADERS, END_HEADERS, b"".join(fields))


def settings(*pairs):
    return frame(SETTINGS, 0, 0, b"".join(struct.pack(">HI", *pair) for pair in pairs))


def increment(number):
    return struct.pack(">I", number)


def bomb():
    """A field of 4 KB, which enters the table of fields, and a thousand references to it."""
    length = b"\x7f" + bytes([(4000 - 127) % 128 | 128, (4000 - 127) // 128])
    return b"\x40\x01x" + length + b"y" * 4000 + b"\xbe" * 1000


def fields_of(size):
    """A block of headers of about this size, in frames of 16 KiB."""
    def step(stream):
        block = STATUS_200 + field("x", "y" * 100) * (size // 104)
        first, *others = (block[start:start + (1 << 14)] for start in range(0, len(block), 1 << 14))
        frames = [(HEADERS, first)] + [(CONTINUATION, other) for other in others]
        for number, (kind, part) in enumerate(frames):
            stream.frames(frame(kind, END_HEADERS if number == len(frames) - 1 else 0, stream.number, part))
    return step


def upload(*steps, **options):
    """The same as answered(), for a request with a body."""
    place = answered(*steps, **options)
    return lambda places: '{"url":"%s","body":"%s"}' % (place(places), "x" * 100_000)


def instead_of_frames(data):
    def talk(sock):
        sock.recv(1 << 16)
        sock.sendall(data)
        hang(sock)

    def place(places):
        context = places.context(places.authority.server)
        context.set_alpn_protocols(["h2"])
        return places.peer(talk, tls=context)
    return place


BODY = (head, text)
BEFORE = ("connect", "protocol")
# Without the headers if they arrive together with the frame that ends the connection.
AFTER = ("protocol", "truncated", "connect")
# libcurl 8.14 waits when the first frame is not valid, until a limit of the run.
NEVER = BEFORE + ("timeout",)
QUICK, LATE, LAST = ("-m", SOON), ("--idle-timeout", SOON), ("-m", duration(1.5))

SILENCE = {
    "HTTP/2: silence before SETTINGS": Fault("F17", ("idle", "connect"), instead_of_frames(b""), LATE),
    "HTTP/2: silence before the headers": Fault("F17", ("idle",), answered(), LATE),
    "HTTP/2: silence in a body": Fault("F17", ("idle",), answered(*BODY), LATE),
    "HTTP/2: silence in a block of headers": Fault("F17", ("idle",), answered(sends(HEADERS, 0, STATUS_200)), LATE),
    "SETTINGS that allow no stream": Fault(
        "F17", (None, "idle"), answered(whole, begin=settings((MAX_CONCURRENT_STREAMS, 0))), LATE),
    "HTTP/2: window of 0": Fault("F17", ("idle",), upload(begin=settings((INITIAL_WINDOW_SIZE, 0))), LATE + LAST),
    "HTTP/2: window that is never opened again": Fault("F17", ("idle",), upload(), LATE + LAST),
}

WINDOWS = {
    "WINDOW_UPDATE over the limit, of the stream": Fault(
        "F17", AFTER, answered(*BODY, sends(WINDOW_UPDATE, 0, increment(2**31 - 1))), QUICK),
    "WINDOW_UPDATE over the limit, of the connection": Fault(
        "F17", AFTER, answered(*BODY, sends_on(0, WINDOW_UPDATE, 0, increment(2**31 - 1))), QUICK),
    "WINDOW_UPDATE of 0, of the stream": Fault(
        "F17", AFTER, answered(*BODY, sends(WINDOW_UPDATE, 0, increment(0))), QUICK),
    "WINDOW_UPDATE of 0, of the connection": Fault(
        "F17", AFTER, answered(*BODY, sends_on(0, WINDOW_UPDATE, 0, increment(0))), QUICK),
    "SETTINGS with a window over the limit": Fault(
        "F17", BEFORE, answered(begin=settings((INITIAL_WINDOW_SIZE, 2**31))), QUICK),
    "SETTINGS with frames of one byte": Fault("F17", BEFORE, answered(begin=settings((MAX_FRAME_SIZE, 1))), QUICK),
    "SETTINGS that allow pushing": Fault("F17", BEFORE, answered(begin=settings((ENABLE_PUSH, 1))), QUICK),
    "SETTINGS of 5 bytes": Fault("F17", NEVER, answered(begin=frame(SETTINGS, 0, 0, bytes(5))), QUICK),
    "SETTINGS on a stream": Fault("F17", AFTER, answered(*BODY, sends(SETTINGS)), QUICK),
    "SETTINGS that close the window in a body": Fault("F17", (None,), answered(
        head, sends_on(0, SETTINGS, 0, struct.pack(">HI", INITIAL_WINDOW_SIZE, 0)), lambda stream: stream.data(b"good\n", end=True))),
}

NONSENSE = {
    "HTTP/1.1 instead of HTTP/2": Fault("F17", NEVER, instead_of_frames(b"HTTP/1.1 200 OK\r\n\r\n"), QUICK),
    "no SETTINGS": Fault("F17", NEVER, answered(whole, begin=b""), QUICK),
    "garbage instead of HTTP/2": Fault("F17", BEFORE, instead_of_frames(b"garbage" * 10_000), QUICK),
    "DATA before the headers": Fault("F17", BEFORE, answered(text), QUICK),
    "HEADERS on an even stream": Fault(
        "F17", AFTER, answered(*BODY, sends_on(2, HEADERS, END_HEADERS, STATUS_200)), QUICK),
    "HEADERS on a stream that is not open": Fault(
        "F17", AFTER, answered(*BODY, sends_on(99, HEADERS, END_HEADERS, STATUS_200)), QUICK),
    "DATA on a stream that is not open": Fault("F17", AFTER, answered(*BODY, sends_on(99, DATA, 0, b"x")), QUICK),
    "DATA on no stream": Fault("F17", AFTER, answered(*BODY, sends_on(0, DATA, 0, b"x")), QUICK),
    "RST_STREAM on no stream": Fault("F17", AFTER, answered(*BODY, sends_on(0, RST_STREAM, 0, bytes(4))), QUICK),
    "RST_STREAM of 3 bytes": Fault("F17", AFTER, answered(*BODY, sends(RST_STREAM, 0, bytes(3))), QUICK),
    "RST_STREAM on a stream that is not open": Fault(
        "F17", AFTER, answered(*BODY, sends_on(99, RST_STREAM, 0, bytes(4))), QUICK),
    "PING of 7 bytes": Fault("F17", AFTER, answered(*BODY, sends_on(0, PING, 0, bytes(7))), QUICK),
    "PING on a stream": Fault("F17", AFTER, answered(*BODY, sends(PING, 0, bytes(8))), QUICK),
    "GOAWAY of 7 bytes": Fault("F17", AFTER, answered(*BODY, sends_on(0, GOAWAY, 0, bytes(7))), QUICK),
    "PRIORITY of 4 bytes": Fault("F17", AFTER, answered(*BODY, sends(PRIORITY, 0, bytes(4))), QUICK),
    "PUSH_PROMISE": Fault(
        "F17", AFTER, answered(*BODY, sends(PUSH_PROMISE, END_HEADERS, bytes(4) + STATUS_200)), QUICK),
    "CONTINUATION without HEADERS": Fault(
        "F17", AFTER, answered(*BODY, sends(CONTINUATION, END_HEADERS, STATUS_200)), QUICK),
    "DATA in a block of headers": Fault("F17", BEFORE, answered(sends(HEADERS, 0, STATUS_200), text), QUICK),
    "frame over the limit": Fault("F17", AFTER, answered(*BODY, sends(DATA, 0, bytes(1 << 15))), QUICK),
    "padding longer than its frame": Fault("F17", AFTER, answered(*BODY, sends(DATA, PADDED, b"\xffx")), QUICK),
    "two responses on a stream": Fault("F17", (None,), answered(whole, whole)),
    "headers that cannot be decoded": Fault("F17", BEFORE, answered(headers(b"\xff" * 20)), QUICK),
    "headers that cannot be decoded, after a body": Fault("F17", AFTER, answered(*BODY, headers(b"\xff" * 20)), QUICK),
    "headers without a status": Fault("F17", BEFORE, answered(headers(field("x", "y"))), QUICK),
    "HTTP/2 status of letters": Fault("F17", BEFORE, answered(headers(field(":status", "abc"))), QUICK),
    "HTTP/2 status of 101": Fault("F17", BEFORE, answered(headers(field(":status", "101"))), QUICK),
    "two statuses": Fault("F17", BEFORE, answered(headers(STATUS_200, STATUS_200)), QUICK),
    "status after other headers": Fault("F17", BEFORE, answered(headers(field("x", "y"), STATUS_200)), QUICK),
    "pseudo header that is not known": Fault("F17", BEFORE, answered(headers(STATUS_200, field(":odd", "1"))), QUICK),
    "header name in upper case": Fault("F17", BEFORE, answered(headers(STATUS_200, field("X-Upper", "1"))), QUICK),
    "framing of HTTP/1.1 in HTTP/2": Fault(
        "F17", BEFORE, answered(headers(STATUS_200, field("transfer-encoding", "chunked"))), QUICK),
    "HTTP/2 length of letters": Fault(
        "F17", BEFORE, answered(headers(STATUS_200, field("content-length", "abc"))), QUICK),
    "HTTP/2 lengths that differ": Fault(
        "F17", BEFORE, answered(headers(STATUS_200, *[field("content-length", n) for n in "89"])), QUICK),
    "trailers without an end": Fault("F17", AFTER, answered(*BODY, headers(field("x", "y"))), QUICK),
    "trailers with a status": Fault(
        "F17", AFTER, answered(*BODY, sends(HEADERS, END_HEADERS | END_STREAM, STATUS_200)), QUICK),
    "HPACK bomb": Fault("F11", ("protocol",), answered(headers(STATUS_200, bomb())), QUICK),
    "HTTP/2 headers of 400 KB": Fault("F11", ("protocol",), answered(fields_of(400_000)), QUICK),
}

FAULTS = SILENCE | WINDOWS | NONSENSE
