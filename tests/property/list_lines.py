"""Lines of an input list: requests, what is nearly one, and junk. All are bytes without a line end."""

import json

MARK = "\ufeff".encode()
OVER_LONG = b"http://h/" + b"l" * (16 << 20)

# What the mock answers, by path: every way in which a request can end without waiting.
ROUTES = [
    {"regex": "/ok.*", "body": "ok\n"}, {"path": "/empty-body"},
    {"path": "/json", "json": {"a": [1, {"b": None}]}, "headers": {"X-A": ["1", "2"]}},
    {"path": "/echo", "echo": True},
    {"path": "/busy", "status": 503, "body": "busy\n"},
    {"path": "/away", "status": 302, "headers": {"Location": "/ok?away"}},
    {"path": "/other", "status": 301, "headers": {"Location": "http://other.example/ok"}},
    {"path": "/post-away", "status": 303, "headers": {"Location": "echo"}},
    {"path": "/round", "status": 302, "headers": {"Location": "/round"}},
    {"path": "/ftp", "status": 302, "headers": {"Location": "ftp://h/"}},
    {"path": "/nowhere", "status": 302, "headers": {"Location": "<http://h/ok>"}},
    {"path": "/cut", "body": "half of this\n", "fault": "truncate"},
    {"path": "/broken", "body": "half of this\n", "fault": "reset"},
    {"path": "/reset", "fault": "reset"}, {"path": "/nothing", "fault": "empty"},
    {"path": "/garbage", "fault": "garbage", "body": "not HTTP\n"},
]

HOSTS = ["h", "h.example", "H.Example", "127.0.0.1", "0x7f.1", "[::1]", "b\u00fccher.example",
         "xn--bcher-kva.example", "\uff45xample.org", "a,b", "%68", "-h", "h..example", ""]
PATHS = ["/ok", "/ok?q=1&r=2", "/ok/%20/x", "/ok/../ok", "/ok#part", "/json", "/echo", "/busy", "/away", "/other",
         "/round", "/ftp", "/nowhere", "/cut", "/broken", "/reset", "/nothing", "/garbage", "/missing", "/empty-body",
         "", "/", "?ok", "/ok/" + "p" * 3000]
SCHEMES = ["http://"] * 6 + ["https://", "HTTP://", "http:/", "http:", "//", "", "ftp://", "h_t://", "1http://",
                             "file://", "javascript:", "http:///", "hxxp://"]
USERS = [""] * 8 + ["u@", "u:p@", "u:p:q@", "%75:%70@", "***:***@", "@"]
PORTS = [""] * 8 + [":80", ":443", ":0", ":99999", ":", ":x", ":08080"]

WRAPPED = [
    "<%s>", '"%s"', "'%s'", "[a](%s)", "[%s]", "(%s)", "`%s`", "url=%s", "URL: %s", "href=%s", "- %s", "* %s",
    "1. %s", "%s,", "%s.", "%s;", "%s>", "> %s", "%s # why", "# %s", " %s ", "\t%s\t", "%s\r", "\r%s", "\ufeff%s",
    "\ufeff\ufeff%s", " \ufeff%s", "\ufeff # %s", "%s\ufeff", "\u00a0%s", "\u200b%s", "%s\u2028", "curl %s",
    "%s %s", "%s,%s", "GET %s HTTP/1.1", "{%s}", '{"url":"%s"}', '{"url":"%s",}', '{"url":"%s"', '{"URL":"%s"}',
    "[\"%s\"]", "\x0b%s", "\x7f%s", "%s\x1b[2J",
]
BYTES = [b"\0%s", b"%s\0", b"http://h/ok\0%s", b"\xff%s", b"%s\xff", b"\xef\xbb%s", b"\xc3(%s", b"\xed\xa0\x80%s",
         b"%s\xf0\x9f\x98"]
JUNK = [b"", b" ", b"\t\r", b"#", b"#\0", MARK, MARK * 2, b"\0", b"\0\0", b"-", b"--", b"{", b"}", b"{}", b"[]",
        b"null", b"0", b"\"", b"?", b"/", b"/p", b"p", b"..", b"\xff\xfe", b"\x1b[0m", "\u2460.\u2460".encode(),
        b"x" * 65535, b"x" * 65536, b"http://h/ok?" + b"y" * 65524, b"http://h/ok?" + b"y" * 65525,
        b"http://h/ok?" + b"z" * 200_000, b"#" + b"c" * 131_072, b"{" * 2000, b"[" * 2000, b'{"url":' * 1100]

OBJECTS = [
    {"method": "POST", "body": "x"}, {"method": "PUT", "json": {"a": [1, None]}}, {"body": {"n": 1}},
    {"headers": {"X-A": "1"}}, {"headers": {"X-A": ["1", "2"]}}, {"headers": {"X-A": "1\r\n2"}},
    {"headers": {"Host": "x"}}, {"headers": {"Transfer-Encoding": "chunked"}}, {"headers": {"Connection": "close"}},
    {"headers": []}, {"id": 7}, {"id": {"a": "\U0001f600"}}, {"extra": ["\u0000"]}, {"Method": "POST"}, {"data": "x"},
    {"max_time": "x"}, {"max_time": 30}, {"expect": "404"}, {"expect": [200, 503]}, {"expect": "x"},
    {"body_b64": "AAE="}, {"body_b64": "!"}, {"method": "HEAD"}, {"method": "GE T"}, {"method": None},
    {"note": "ignored"}, {"body": "x", "body_b64": "AAE="},
]


def url(chance):
    whole = chance.choice(SCHEMES) + chance.choice(USERS) + chance.choice(HOSTS) + chance.choice(PORTS)
    return whole + chance.choice(PATHS)


def plain_url(chance):
    return f"http://{chance.choice(HOSTS[:3])}{chance.choice(PATHS)}"


def request(chance):
    members = {"url": plain_url(chance) if chance.random() < 0.7 else url(chance)}
    for _ in range(chance.randrange(3)):
        members |= chance.choice(OBJECTS)
    return json.dumps(members, ensure_ascii=chance.random() < 0.5).encode(errors="surrogatepass")


def wrapped(chance):
    inner = plain_url(chance)
    form = chance.choice(WRAPPED)
    return form.replace("%s", inner).encode()


def damaged(chance):
    """A line with a byte too many, too few or another one; never a newline."""
    line = bytearray(chance.choice((request, wrapped, lambda chance: url(chance).encode()))(chance))
    for _ in range(chance.randrange(1, 3)):
        at = chance.randrange(len(line) + 1)
        line[at:at + chance.randrange(2)] = bytes([chance.randrange(256)]) * chance.randrange(2)
    return bytes(line)


def line(chance):
    """One line; it may hold a NUL byte, and no newline."""
    kind = chance.random()
    if kind < 0.25:
        made = url(chance).encode()
    elif kind < 0.45:
        made = request(chance)
    elif kind < 0.65:
        made = wrapped(chance)
    elif kind < 0.75:
        made = chance.choice(BYTES).replace(b"%s", plain_url(chance).encode())
    elif kind < 0.85:
        made = chance.choice(JUNK)
    else:
        made = damaged(chance)
    return made.replace(b"\n", b"")


def target(chance):
    """A target of `check`, or what is nearly one."""
    name = chance.choice(["", "", "name=", "a b=", "=", "na=me=", "\ufeffn="])
    whole = chance.choice([
        lambda: plain_url(chance), lambda: plain_url(chance), lambda: url(chance),
        lambda: wrapped(chance).decode(),
        lambda: "tcp://" + chance.choice(HOSTS) + chance.choice([":1", ":80", "", ":x", "/p"]),
        lambda: chance.choice(["", "# comment", "{", "tcp:", "http://"]),
    ])()
    return (name + whole).encode().replace(b"\n", b"").replace(b"\0", b"")


# In every list: usable URLs, and lines that libcurl would resolve against the one before.
CLASSICS = [b"http://h/ok", b"<http://x.example/p>", b'"http://x.example/p"', b"[a](http://x.example/p)",
            b"url=http://x.example/p", b"//x.example/p", b"/p", b"?q", MARK + b"http://h/ok", MARK + b"# no",
            b'{"url":"/p"}', b'{"url":"http://h/ok"}']
TARGETS = [b"http://h/ok", b"name=http://h/ok", b"http://h/missing", b"other=tcp://h:1"] * 3 + \
    [b"<http://x.example/p>", b"third=//x.example/p", b"fourth=/p", b'"http://x.example/p"']
