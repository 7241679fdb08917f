"""Responses over HTTP/1.1 that are late, malformed, or end too early."""

from support.faults import TEXT, dripping, endless, head, raw, silent, then_reset
from support.pace import duration

from .fault import LARGE, SOON, Fault

SIZED, CHUNKED = head("Content-Length: 100"), head("Transfer-Encoding: chunked")
GOOD = head("Content-Length: 5") + b"good\n"
EVIL = head("Content-Length: 5") + b"evil\n"
START = b"HTTP/1.1 200 OK\r\n"
IDLE, QUICK = ("--idle-timeout", SOON), ("-m", SOON)


def answered(answer):
    return lambda places: places.http(answer)


def sent(*parts):
    """These bytes, and the end of the connection."""
    return answered(raw(*parts))


def kept(*parts):
    """These bytes on a connection that stays open."""
    return answered(silent(*parts))


def without_end(start, repeated):
    return answered(endless(start, repeated))


def broken(*parts):
    """These bytes, and a reset."""
    return answered(then_reset(*parts))


def dripped(start, repeated, pause=0.05):
    def answer(talk):
        talk.send(start)
        while not talk.server.stopping.is_set():
            talk.send(repeated)
            talk.pause(pause)
    return answered(answer)


def unread_request(places):
    """A large request, of which the server does not read the body: it answers and ends the connection."""
    def talk(sock):
        sock.recv(1000)
        sock.sendall(b"HTTP/1.1 413 Too Large\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
    return '{"url":"%s","body":"%s"}' % (places.peer(talk), "x" * 4_000_000)


def stalled_request(places):
    """A large request, of which the server reads nothing."""
    return '{"url":"%s","body":"%s"}' % (places.http(silent()), "x" * 8_000_000)


BODIES = {
    "body shorter than its length": Fault("F13", ("truncated",), sent(SIZED, TEXT)),
    "no body in spite of its length": Fault("F13", ("truncated",), sent(SIZED)),
    "surplus bytes after a body": Fault("F14", (None,), sent(GOOD, EVIL)),
    "surplus bytes after a body without bytes": Fault("F14", (None,), sent(head("Content-Length: 0"), EVIL)),
    "surplus bytes after the last chunk": Fault("F14", (None,), sent(CHUNKED, b"5\r\ngood\n\r\n0\r\n\r\n", EVIL)),
    "body in spite of 204": Fault("F14", (None,), sent(b"HTTP/1.1 204 No\r\nContent-Length: 5\r\n\r\nevil\n")),
    "last chunk missing": Fault("F15", ("truncated",), sent(CHUNKED, b"b\r\n" + TEXT + b"\r\n")),
    "end within a chunk": Fault("F15", ("truncated",), sent(CHUNKED, b"ff\r\n" + TEXT)),
    "end within a chunk size": Fault("F15", ("truncated",), sent(CHUNKED, b"b\r\n" + TEXT + b"\r\n1")),
    "end within the trailers": Fault(
        "F15", ("truncated",), sent(CHUNKED, b"b\r\n" + TEXT + b"\r\n0\r\nX-Check: 1\r\n")),
    "chunk size that is no number": Fault("F15", ("protocol",), sent(CHUNKED, b"zz\r\n" + TEXT)),
    "chunk size that is negative": Fault("F15", ("protocol",), sent(CHUNKED, b"-b\r\n" + TEXT)),
    "chunk size over all numbers": Fault("F15", ("protocol",), sent(CHUNKED, b"f" * 20 + b"\r\n" + TEXT)),
    "chunk longer than its size": Fault("F15", ("protocol",), sent(CHUNKED, b"8\r\n" + TEXT + b"\r\n0\r\n\r\n")),
    "chunk size without end": Fault("F15", ("protocol",), without_end(CHUNKED, b"0" * 4096)),
    "chunk extension without end": Fault("F15", ("timeout",), without_end(CHUNKED + b"5;", b"x" * 4096), QUICK),
    "trailers over the limit, behind a body that is not read yet": Fault(
        "F11", ("protocol",), kept(
            START, b"X-Header: value\r\n" * 18_050, b"Transfer-Encoding: chunked\r\n\r\n",
            b"14000\r\n", b"x" * 0x14000, b"\r\n0\r\n", b"X-Trailer: value\r\n" * 400, b"\r\n")),
    "trailers without end": Fault("F11", ("protocol",), without_end(CHUNKED + b"0\r\n", b"X-Trailer: value\r\n" * 64)),
    "trailer without end": Fault("F11", ("protocol",), without_end(CHUNKED + b"0\r\nX-Trailer: ", b"x" * 4096)),
    "reset in the body": Fault("F16", ("truncated",), broken(SIZED, TEXT)),
    "reset after the headers": Fault("F16", ("truncated",), broken(SIZED)),
    "reset in a chunked body": Fault("F16", ("truncated",), broken(CHUNKED, b"ff\r\n" + TEXT)),
    "reset in a body that ends with the connection": Fault("F16", ("truncated",), broken(head(), TEXT)),
}

HEADS = {
    "empty reply": Fault("F12", ("protocol",), sent()),
    "reset before the headers": Fault("F5", ("connect",), broken()),
    "reset in the headers": Fault("F5", ("connect",), broken(START, b"Content-Le")),
    "reset of a request that is not read": Fault("F5", ("http_status", "connect"), unread_request, memory=64, way=LARGE),
    "end in the status line": Fault("F12", ("protocol",), sent(b"HTTP/1.1 20")),
    "end in the headers": Fault("F12", ("protocol",), sent(b"HTTP/1.1 200 OK\r\nContent-Le")),
    "end after the status line": Fault("F12", ("protocol",), sent(START)),
    "only an interim response": Fault("F12", ("protocol",), sent(b"HTTP/1.1 100 Continue\r\n\r\n")),
    "garbage instead of a status line": Fault("F12", ("protocol",), sent(b"\x16\x03\x01 this is not HTTP\r\n\r\n")),
    "NUL bytes instead of a status line": Fault("F12", ("protocol",), sent(bytes(100_000))),
    "status that is no number": Fault("F12", ("protocol",), sent(b"HTTP/1.1 OK OK\r\n\r\n")),
    "status of two digits": Fault("F12", ("protocol",), sent(b"HTTP/1.1 20 OK\r\n\r\n")),
    "version that does not exist": Fault("F12", ("protocol",), sent(b"HTTP/7.3 200 OK\r\nContent-Length: 0\r\n\r\n")),
    "http/0.9": Fault("F12", ("protocol",), sent(b"<html>hello</html>\n")),
    "lengths that differ": Fault(
        "F12", ("protocol", "truncated"), sent(head("Content-Length: 5", "Content-Length: 6"), b"good\n")),
    "length of letters": Fault("F12", ("protocol",), sent(head("Content-Length: abc"), b"good\n")),
    "length that is negative": Fault("F12", ("protocol",), sent(head("Content-Length: -5"), b"good\n")),
    "length over all numbers": Fault("F12", (None, "protocol"), sent(head("Content-Length: " + "9" * 30), b"good\n")),
    "transfer coding that is not known": Fault(
        "F12", ("decode", "protocol"), sent(head("Transfer-Encoding: odd"), b"good\n")),
    "NUL in a header": Fault("F12", ("protocol",), sent(head("X-Odd: a\0b", "Content-Length: 5"), b"good\n")),
    "endless status line": Fault("F11", ("protocol",), without_end(b"HTTP/1.1 200 ", b"OK " * 1024)),
    "endless headers": Fault("F11", ("protocol",), without_end(START, b"X-Header: value\r\n" * 64)),
    "endless header line": Fault("F11", ("protocol",), without_end(START + b"X-Header: ", b"x" * 4096)),
    "endless folded header": Fault("F11", ("protocol",), without_end(START + b"X-Header: a\r\n", b" folded\r\n" * 64)),
    "endless interim responses": Fault(
        "F11", ("protocol",), without_end(b"", b"HTTP/1.1 103 Hints\r\nX: y\r\n\r\n" * 64)),
    "header of 1 MB": Fault("F11", ("protocol",), sent(START, b"X-Long: ", b"x" * 1_000_000, b"\r\n\r\n")),
    "100 000 headers": Fault("F11", ("protocol",), sent(START, b"X: y\r\n" * 100_000, b"\r\n")),
    "empty header lines without a name": Fault("F11", ("protocol",), without_end(START, b":\r\n" * 1024)),
}

SILENCE = {
    "silence, idle timeout": Fault("F9", ("idle",), kept(), IDLE),
    "silence, time limit": Fault("F9", ("timeout",), kept(), QUICK),
    "silence in the status line": Fault("F9", ("idle",), kept(b"HTTP/1.1 200"), IDLE),
    "silence in the headers": Fault("F9", ("idle",), kept(START + b"X-Header: "), IDLE),
    "silence after an interim response": Fault("F9", ("idle",), kept(b"HTTP/1.1 100 Continue\r\n\r\n"), IDLE),
    "silence in the body": Fault("F9", ("idle",), kept(SIZED, TEXT), IDLE),
    "silence in a chunk size": Fault("F9", ("idle",), kept(CHUNKED, b"b\r\n" + TEXT + b"\r\nb"), IDLE),
    "silence instead of the last chunk": Fault("F9", ("idle",), kept(CHUNKED, b"b\r\n" + TEXT + b"\r\n"), IDLE),
    "silence in a body that ends with the connection": Fault(
        "F9", ("idle",), kept(head("Connection: close"), TEXT), IDLE),
    "silence after switching protocols": Fault(
        "F9", ("http_status", "idle"), kept(b"HTTP/1.1 101 Switching\r\nUpgrade: x\r\n\r\n"), IDLE),
    "request that is not read": Fault("F9", ("idle",), stalled_request, IDLE, memory=80, way=LARGE),
    "a byte a second": Fault("F10", ("timeout",), answered(dripping(1.0)), ("-m", duration(1.5))),
    "a byte of the status line at a time": Fault("F10", ("timeout",), dripped(b"HTTP/1.1 200 ", b"O"), QUICK),
    "a byte of a header at a time": Fault("F10", ("timeout",), dripped(START + b"X-Header: ", b"x"), QUICK),
    "a header at a time": Fault("F10", ("timeout",), dripped(START, b"X-Header: x\r\n"), QUICK),
    "an interim response at a time": Fault("F10", ("timeout",), dripped(b"", b"HTTP/1.1 102 Wait\r\n\r\n"), QUICK),
    "a chunk at a time": Fault("F10", ("timeout",), dripped(CHUNKED, b"1\r\nx\r\n"), QUICK),
    "endless body": Fault("F10", ("timeout",), without_end(head("Connection: close"), b"line\n" * 4096), QUICK),
    "endless body after switching protocols": Fault(
        "F10", ("http_status", "timeout"), without_end(b"HTTP/1.1 101 Switching\r\nUpgrade: x\r\n\r\n", b"line\n" * 4096), QUICK),
}


def status(code, **headers):
    fields = {name.replace("_", "-"): value for name, value in headers.items()}
    return answered(lambda talk: talk.reply(b"oops\n", code, fields))


STATUSES = {
    "status that is not expected": Fault("F42", ("http_status",), status(500)),
    "429 with a Retry-After of the year 9999": Fault(
        "F42", ("http_status",), status(429, Retry_After="Fri, 31 Dec 9999 23:59:59 GMT")),
    "503 with a Retry-After over all numbers": Fault("F42", ("http_status",), status(503, Retry_After="9" * 30)),
    "503 with a negative Retry-After": Fault("F42", ("http_status",), status(503, Retry_After="-5")),
    "503 with a Retry-After of letters": Fault("F42", ("http_status",), status(503, Retry_After="soon")),
    "challenge for a password": Fault(
        "F42", ("http_status",), status(401, WWW_Authenticate="Basic realm=x, Negotiate, NTLM")),
    "challenge of a proxy that is none": Fault(
        "F42", ("http_status",), status(407, Proxy_Authenticate="Basic realm=x")),
    "304 to a request without a condition": Fault("F42", ("http_status",), sent(b"HTTP/1.1 304 Not Modified\r\n\r\n")),
}

FAULTS = BODIES | HEADS | SILENCE | STATUSES
