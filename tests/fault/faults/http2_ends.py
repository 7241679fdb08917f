"""HTTP/2 servers that reset a stream, go away, or end a body in another way that is not its end."""

from support.http2 import DATA, END_STREAM, GOAWAY, frame
from support.pace import seconds

from .fault import Fault
from .http2 import AFTER, BEFORE, BODY, LATE, answered, close, head, sends, settings, sized, text, whole

CODES = {
    "NO_ERROR": 0, "PROTOCOL_ERROR": 1, "INTERNAL_ERROR": 2, "FLOW_CONTROL_ERROR": 3, "SETTINGS_TIMEOUT": 4,
    "STREAM_CLOSED": 5, "FRAME_SIZE_ERROR": 6, "REFUSED_STREAM": 7, "CANCEL": 8, "COMPRESSION_ERROR": 9,
    "CONNECT_ERROR": 10, "ENHANCE_YOUR_CALM": 11, "INADEQUATE_SECURITY": 12, "HTTP_1_1_REQUIRED": 13, "unknown": 99}


def cut(stream):
    stream.pause(seconds(0.1))
    stream.cut()


def page(sock):
    sock.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 12\r\n\r\none\ntwo\nsix\n")


def rst(code):
    return lambda stream: stream.reset(code)


def go_away(code, last=None):
    return lambda stream: stream.go_away(last, code)


# PROTOCOL_ERROR is also libcurl's own word for frames that make no sense, and a server that requires HTTP/1.1 does
# not speak it here.
AMBIGUOUS = {"PROTOCOL_ERROR", "HTTP_1_1_REQUIRED"}

RESETS = {
    f"RST_STREAM {where}: {name}": Fault(
        "F17", BEFORE if not before and name in AMBIGUOUS else errors, answered(*before, rst(code)),
        before_8_3=(None,) if code == 0 and before in ((head,), BODY) else ())
    for where, errors, before in (
        ("before the headers", ("connect",), ()), ("after the headers", ("truncated",), (head,)),
        ("in a body", ("truncated",), BODY), ("in a body of known length", ("truncated",), (sized, text)))
    for name, code in CODES.items()}

GOODBYES = {
    f"GOAWAY {where}: {name}": Fault("F17", errors, answered(*before, go_away(code, last), close))
    for where, errors, before, last in (
        ("before the headers", ("connect",), (), None), ("before the headers, without the stream", ("connect",), (), 0),
        ("in a body", ("truncated",), BODY, None), ("in a body, without the stream", ("truncated",), BODY, 0))
    for name, code in CODES.items()
    if name in ("NO_ERROR", "PROTOCOL_ERROR", "ENHANCE_YOUR_CALM", "HTTP_1_1_REQUIRED")}

BOTH = {"protocols": ("h2", "http/1.1"), "http1": page}

ENDS = {
    "HTTP/2: end before the headers": Fault("F16", ("connect",), answered(close)),
    "HTTP/2: end after the headers": Fault("F16", ("truncated",), answered(head, close)),
    "HTTP/2: end in a body": Fault("F16", ("truncated",), answered(*BODY, close)),
    "HTTP/2: end in a body of known length": Fault("F16", ("truncated",), answered(sized, text, close)),
    "HTTP/2: reset before the headers": Fault("F16", ("connect",), answered(cut)),
    "HTTP/2: reset in a body": Fault("F16", ("truncated",), answered(*BODY, cut)),
    "HTTP/2: END_STREAM before the length": Fault(
        "F13", ("truncated",), answered(sized, text, sends(DATA, END_STREAM))),
    "HTTP/2: END_STREAM instead of a body": Fault(
        "F13", AFTER, answered(lambda stream: stream.head({"content-length": "100"}, end=True))),
    "HTTP/2: body longer than its length": Fault(
        "F14", AFTER, answered(lambda stream: stream.head({"content-length": "5"}), text, sends(DATA, END_STREAM))),
    "HTTP_1_1_REQUIRED before the headers, and HTTP/1.1": Fault(
        "F17", (None,), answered(rst(CODES["HTTP_1_1_REQUIRED"]), **BOTH)),
    "HTTP_1_1_REQUIRED in a body, and HTTP/1.1": Fault(
        "F17", ("truncated",), answered(*BODY, rst(CODES["HTTP_1_1_REQUIRED"]), **BOTH)),
    "GOAWAY and silence": Fault("F17", ("idle", "connect"), answered(go_away(0)), LATE),
    "GOAWAY, then the whole response": Fault("F17", (None,), answered(go_away(0), whole)),
    "GOAWAY, then the whole response of unknown length": Fault("F17", (None, "truncated"), answered(
        go_away(0), head, lambda stream: stream.data(b"good\n", end=True))),
    "GOAWAY as the first frame": Fault("F17", BEFORE, answered(begin=settings() + frame(GOAWAY, 0, 0, bytes(8))), LATE),
}

FAULTS = RESETS | GOODBYES | ENDS
