"""Responses over HTTP/1.1 that are late, malformed, or end too early."""

from support.faults import TEXT, dripping, endless, head, raw, silent, then_reset
from support.pace import duration

from .fault import SOON, Fault

SIZED, CHUNKED = head("Content-Length: 100"), head("Transfer-Encoding: chunked")


def answered(answer):
    return lambda places: places.http(answer)


def sent(*parts):
    """These bytes, and the end of the connection."""
    return answered(raw(*parts))


FAULTS = {
    "body shorter than its length": Fault("F13", ("truncated",), sent(SIZED, TEXT)),
    "last chunk missing": Fault("F15", ("truncated",), sent(CHUNKED, b"b\r\n" + TEXT + b"\r\n")),
    "end within a chunk": Fault("F15", ("truncated",), sent(CHUNKED, b"ff\r\n" + TEXT)),
    "chunk size that is no number": Fault("F15", ("protocol",), sent(CHUNKED, b"zz\r\n" + TEXT)),
    "reset in the body": Fault("F16", ("truncated",), answered(then_reset(SIZED, TEXT))),
    "reset after the headers": Fault("F16", ("truncated",), answered(then_reset(SIZED))),
    "reset in a chunked body": Fault("F16", ("truncated",), answered(then_reset(CHUNKED, b"ff\r\n" + TEXT))),
    "reset in a body that ends with the connection": Fault("F16", ("truncated",), answered(then_reset(head(), TEXT))),
    "end in the headers": Fault("F12", ("protocol",), sent(b"HTTP/1.1 200 OK\r\nContent-Le")),
    "end after the status line": Fault("F12", ("protocol",), sent(b"HTTP/1.1 200 OK\r\n")),
    "empty reply": Fault("F12", ("protocol",), sent()),
    "garbage instead of a status line": Fault("F12", ("protocol",), sent(b"\x16\x03\x01 this is not HTTP\r\n\r\n")),
    "status that is no number": Fault("F12", ("protocol",), sent(b"HTTP/1.1 OK OK\r\n\r\n")),
    "http/0.9": Fault("F12", ("protocol",), sent(b"<html>hello</html>\n")),
    "endless headers": Fault("F11", ("protocol",), answered(endless(b"HTTP/1.1 200 OK\r\n", b"X-Header: value\r\n" * 64))),
    "endless header line": Fault("F11", ("protocol",), answered(endless(b"HTTP/1.1 200 OK\r\nX-Header: ", b"x" * 4096))),
    "silence, idle timeout": Fault("F9", ("idle",), answered(silent()), ("--idle-timeout", SOON)),
    "silence, time limit": Fault("F9", ("timeout",), answered(silent()), ("-m", SOON)),
    "silence in the headers": Fault("F9", ("idle",), answered(silent(b"HTTP/1.1 200")), ("--idle-timeout", SOON)),
    "silence in the body": Fault("F9", ("idle",), answered(silent(SIZED, TEXT)), ("--idle-timeout", SOON)),
    "a byte a second": Fault("F10", ("timeout",), answered(dripping(1.0)), ("-m", duration(1.5))),
    "status that is not expected": Fault("F42", ("http_status",), answered(lambda talk: talk.reply(b"oops\n", 500))),
}
