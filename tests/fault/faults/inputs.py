"""Lines that are no request."""

import json

from .fault import LARGE, Fault

REQUEST = {"url": "http://127.0.0.1:1/"}


def line(text):
    return lambda places: text


def member(name, value):
    return line(json.dumps(REQUEST | {name: value}))


def bad(place, number="F23", **more):
    return Fault(number, ("bad_input",), place, **more)


URLS = {
    "URL without a scheme": "example.test/page",
    "URL without a host": "http:///path",
    "URL of a file": "file:///etc/passwd",
    "URL for scp": "scp://host/file",
    "URL for ftp": "ftp://host/file",
    "URL for gopher": "gopher://host:1/_x",
    "URL for dict": "dict://host:1/x",
    "URL of a script": "javascript:alert(1)",
    "option instead of a URL": "-K",
    "long option instead of a URL": "--config=/etc/passwd",
    "path instead of a URL": "/etc/passwd",
    "words instead of a URL": "this is not a URL",
    "URL with a space": "http://127.0.0.1:1/a b",
    "URL with a tab": "http://127.0.0.1:1/a\tb",
    "URL with a carriage return": "http://127.0.0.1:1/a\rHost: evil",
    "URL with a control character": "http://127.0.0.1:1/a\x01b",
    "URL with a NUL": "http://127.0.0.1:1/a\0b",
    "URL with DEL": "http://127.0.0.1:1/a\x7fb",
    "URL with a space in the host": "http://127.0.0 .1/",
    "URL with NUL percent-encoded in the host": "http://127.0.0.1%00.evil.test/",
    "URL with a newline percent-encoded in the host": "http://127.0.0.1%0a/",
    "URL with a host of invalid UTF-8": "http://\udcff\udcfe.test/",
    "URL with a broken address": "http://[::1/",
    "URL with letters as address": "http://[gg::1]/",
    "URL with a port of 0": "http://127.0.0.1:0/",
    "URL with a port too large": "http://127.0.0.1:99999/",
    "URL with a port over all numbers": "http://127.0.0.1:18446744073709551617/",
    "URL with a negative port": "http://127.0.0.1:-1/",
    "URL with a port of letters": "http://127.0.0.1:http/",
}

REQUESTS = {
    "request that is not JSON": line('{"url":'),
    "request without a URL": line("{}"),
    "request that is an array": line('["http://127.0.0.1:1/"]'),
    "request with two URLs": line('{"url":"http://127.0.0.1:1/","url":"http://127.0.0.1:1/"}'),
    "request followed by another": line(json.dumps(REQUEST) * 2),
    "request 100 000 levels deep": line('{"url":"http://127.0.0.1:1/","extra":' + "[" * 100_000 + "]" * 100_000 + "}"),
    "request with a URL that is a number": line('{"url":1}'),
    "request with a method of two words": member("method", "GET /evil HTTP/1.1"),
    "request with a method and a newline": member("method", "GET\r\nX: y"),
    "request with an empty method": member("method", ""),
    "request with a body that is not base64": member("body_b64", "%%%"),
    "request with two bodies": line('{"url":"http://127.0.0.1:1/","body":"x","body_b64":"eA=="}'),
    "request with a time of letters": member("max_time", "soon"),
    "request with a negative time": member("max_time", -1),
    "request with an expectation that is none": member("expect", "well"),
}

HEADERS = {
    "header with a newline": {"X-Odd": "a\r\nX-Evil: b"},
    "header with a carriage return": {"X-Odd": "a\rb"},
    "header with a line feed": {"X-Odd": "a\nb"},
    "header with a NUL": {"X-Odd": "a\0b"},
    "header name with a newline": {"X-Odd\r\nX-Evil": "a"},
    "header name with a space": {"X Odd": "a"},
    "header name with a colon": {"X-Odd: a": "b"},
    "header without a name": {"": "a"},
}

FRAMING = {
    "header with a false length": {"Content-Length": "0"},
    "header with a length of letters": {"Content-Length": "abc"},
    "header with a transfer coding": {"Transfer-Encoding": "chunked"},
    "header with an upgrade": {"Upgrade": "websocket"},
    "header with a connection of its own": {"Connection": "X-Odd"},
    "header with another host": {"Host": "a.test", "host": "b.test"},
}

FAULTS = {name: bad(line(url)) for name, url in URLS.items()} | {
    name: bad(place) for name, place in REQUESTS.items()} | {
    name: bad(member("headers", headers), "F38") for name, headers in HEADERS.items()} | {
    name: bad(line(json.dumps(REQUEST | {"body": "smuggled", "headers": headers})), "F38")
    for name, headers in FRAMING.items()} | {
    "URL of 1 MB": bad(line("http://127.0.0.1:1/" + "x" * 1_000_000), memory=64, way=LARGE),
    "URL of 1 MB without a slash": bad(line("http://" + "x" * 1_000_000), memory=64, way=LARGE),
    "line of 17 MB": bad(line("http://127.0.0.1:1/" + "x" * 17_000_000), memory=120, within=10, way=LARGE),
    "request head of 1 MB": bad(member("headers", {"X-Long": "x" * 1_000_000}), memory=64, way=LARGE),
}
