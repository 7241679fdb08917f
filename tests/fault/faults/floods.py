"""HTTP/2 servers that send frames without end: as fast as they are read, or one after another."""

import struct

from support.http2 import (
    ACK, CONTINUATION, DATA, END_HEADERS, GOAWAY, HEADERS, PADDED, PING, PRIORITY, PUSH_PROMISE, RST_STREAM, SETTINGS,
    STATUS_200, WINDOW_UPDATE, field, frame)

from support.pace import duration

from .fault import FLOODS, SOON, Fault
from .http2 import AFTER, BODY, answered

UNKNOWN = 0xfa
# A frame, for a stream, and what a flood and a drip of it end with. Any bytes on the connection count as no silence.
TOLERATED = ("timeout",), ("timeout", "idle")
REFUSED = AFTER, AFTER
FRAMES = {
    # nghttp2 closes a connection with too many answers that are not read.
    "PING": (lambda stream: frame(PING, 0, 0, bytes(8)), (("timeout", "truncated"), ("timeout", "idle"))),
    "answers to PING": (lambda stream: frame(PING, ACK, 0, bytes(8)), TOLERATED),
    "SETTINGS": (lambda stream: frame(SETTINGS, 0, 0), (("timeout", *AFTER), ("timeout", "idle"))),
    "answers to SETTINGS": (lambda stream: frame(SETTINGS, ACK, 0), REFUSED),
    "PRIORITY": (lambda stream: frame(PRIORITY, 0, stream, bytes(5)), TOLERATED),
    "WINDOW_UPDATE of the stream": (lambda stream: frame(WINDOW_UPDATE, 0, stream, b"\0\0\0\1"), TOLERATED),
    "WINDOW_UPDATE of the connection": (lambda stream: frame(WINDOW_UPDATE, 0, 0, b"\0\0\0\1"), TOLERATED),
    "unknown frames": (lambda stream: frame(UNKNOWN, 0, 0), TOLERATED),
    "DATA without bytes": (lambda stream: frame(DATA, 0, stream), TOLERATED),
    "DATA with padding only": (lambda stream: frame(DATA, PADDED, stream, b"\xff" + bytes(255)), TOLERATED),
    "GOAWAY": (lambda stream: frame(GOAWAY, 0, 0, struct.pack(">II", stream, 0)), TOLERATED),
    "RST_STREAM": (lambda stream: frame(RST_STREAM, 0, stream + 2, bytes(4)), REFUSED),
    "PUSH_PROMISE": (lambda stream: frame(PUSH_PROMISE, END_HEADERS, stream, bytes(4) + STATUS_200), REFUSED),
    "HEADERS": (lambda stream: frame(HEADERS, END_HEADERS, stream, field("x", "y")), REFUSED),
    "CONTINUATION": (lambda stream: frame(CONTINUATION, 0, stream, field("x", "y")), REFUSED),
}


def flood(make):
    return lambda stream: stream.flood(make(stream.number))


def drip(make):
    def step(stream):
        while not stream.stopping.is_set():
            stream.frames(make(stream.number))
            stream.pause(0.05)
    return step


def interim(stream):
    return frame(HEADERS, END_HEADERS, stream, field(":status", "103"))


def begun(stream):
    """A block of headers that goes on."""
    stream.frames(frame(HEADERS, 0, stream.number, STATUS_200))


LATER = duration(0.6)
CONTINUED = FRAMES["CONTINUATION"][0]
BYTES = lambda stream: frame(DATA, 0, stream, b"x")  # noqa: E731

FAULTS = {
    f"flood: {name}": Fault("F17", flooded, answered(*BODY, flood(make)), ("-m", SOON), way=FLOODS)
    for name, (make, (flooded, _)) in FRAMES.items()
} | {
    f"drip: {name}": Fault("F17", dripped, answered(*BODY, drip(make)), ("--idle-timeout", SOON, "-m", LATER), way=FLOODS)
    for name, (make, (_, dripped)) in FRAMES.items()
} | {
    "flood: DATA": Fault("F17", ("timeout",), answered(*BODY, flood(BYTES)), ("-m", SOON), way=FLOODS),
    "drip: DATA": Fault("F10", ("timeout",), answered(*BODY, drip(BYTES)), ("-m", SOON), way=FLOODS),
    "flood: interim responses": Fault(
        "F11", ("protocol", "timeout"), answered(flood(interim)), ("-m", SOON), way=FLOODS),
    "drip: interim responses": Fault("F10", ("timeout",), answered(drip(interim)), ("-m", SOON), way=FLOODS),
    "flood: CONTINUATION of the headers": Fault(
        "F11", ("protocol", "connect"), answered(begun, flood(CONTINUED)), ("-m", SOON), way=FLOODS),
    # Since 1.61, nghttp2 takes only a few frames for one block of headers.
    "drip: CONTINUATION of the headers": Fault(
        "F10", ("timeout", "protocol"), answered(begun, drip(CONTINUED)), ("-m", SOON), way=FLOODS),
}
