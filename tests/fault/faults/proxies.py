"""Proxies that do not work, or do not let a request through."""

import functools

from support.peer import forever, hang, reset

from .fault import SOON, Fault, Way

CHALLENGE = b"HTTP/1.1 407 Who are you\r\nProxy-Authenticate: Basic realm=x\r\n"
LATE, IDLE = ("--connect-timeout", SOON), ("--idle-timeout", SOON)


def answers(data, end=lambda sock: None):
    """A proxy that answers any request with these bytes, and then ends the connection in some way."""
    def talk(sock):
        sock.recv(1 << 16)
        sock.sendall(data)
        end(sock)
    return talk


def empty(status):
    return f"HTTP/1.1 {status}\r\nContent-Length: 0\r\n\r\n".encode()


def socks(*parts, end=lambda sock: None):
    """A SOCKS proxy that answers each message with the next of these parts."""
    def talk(sock):
        for part in parts:
            sock.recv(1 << 16)
            sock.sendall(part)
        end(sock)
    return talk


def proxied(proxy, scheme):
    """A way through a proxy, whose address is a function of the places. The good URL does not need it."""
    def options(places):
        return "-x", f"{scheme}://{proxy(places).partition('://')[2]}"
    return Way("proxy", options, lambda places: {"no_proxy": "127.0.0.1"}, alone=True)


def through(talk, url="https://host.test/", errors=("proxy",), limits=(), scheme="http"):
    way = proxied(lambda places: places.peer(talk), scheme)
    return Fault("F40", errors, lambda places: url, limits, way=way)


def reached(proxy, url, limits=(), scheme="http"):
    return Fault("F40", ("proxy",), lambda places: url, limits, way=proxied(proxy, scheme))


def refusing(places):
    return places.refusing()


def hole(places):
    return places.black_hole()


def untrusted(places):
    return places.peer(hang, tls=places.context(places.authority.stranger))


PLAIN, SECURE = "http://host.test/", "https://host.test/"
socks5 = functools.partial(through, url=PLAIN, scheme="socks5h")
ACCEPTED, GRANTED = b"\x05\0", b"\x05\0\0\1" + bytes(6)

FAULTS = {
    "proxy that refuses the connection": reached(refusing, PLAIN),
    "proxy that refuses the connection, for https": reached(refusing, SECURE),
    "proxy that is never reached": reached(hole, PLAIN, LATE),
    "proxy that is never reached, for https": reached(hole, SECURE, LATE),
    "proxy whose name does not exist": reached(lambda places: "http://proxy.invalid:1", PLAIN),
    "proxy whose certificate is not trusted": reached(untrusted, PLAIN, scheme="https"),
    "proxy whose certificate is not trusted, for https": reached(untrusted, SECURE, scheme="https"),
    "proxy that resets": through(answers(b"", reset)),
    "proxy that ends without a word": through(answers(b"")),
    "proxy that is silent": through(answers(b"", hang), limits=LATE),
    "proxy that is silent in its answer": through(answers(b"HTTP/1.1 200 Conn", hang), limits=LATE),
    "proxy that ends in its answer": through(answers(b"HTTP/1.1 200 Conn")),
    "proxy that answers garbage": through(answers(b"garbage\r\n\r\n")),
    "proxy that wants a password": through(answers(CHALLENGE + b"Content-Length: 0\r\n\r\n")),
    "proxy that wants a password, for http": through(answers(CHALLENGE + b"Content-Length: 0\r\n\r\n"), PLAIN),
    "proxy that forbids": through(answers(empty("403 No"))),
    "proxy that does not reach the server": through(answers(empty("502 Bad Gateway"))),
    "proxy that does not reach the server in time": through(answers(empty("504 Gateway Timeout"))),
    "proxy that asks to wait": through(answers(empty("503 Later\r\nRetry-After: 1000000"))),
    "proxy that redirects": through(answers(empty("302 Found\r\nLocation: https://127.0.0.1:1/"))),
    "proxy with headers without end": through(
        answers(b"HTTP/1.1 200 Connected\r\n", lambda sock: forever(sock, b"A: b\r\n")), limits=LATE),
    "proxy with a header without end": through(
        answers(b"HTTP/1.1 200 Connected\r\nA: ", lambda sock: forever(sock, b"x")), limits=LATE),
    "proxy with interim responses without end": through(
        answers(b"", lambda sock: forever(sock, b"HTTP/1.1 100 Continue\r\n\r\n")), limits=LATE),
    "proxy with a body without end": through(
        answers(CHALLENGE + b"Content-Length: 9000000000000000000\r\n\r\n", lambda sock: forever(sock, b"x")), limits=LATE),
    "proxy with chunks without end": through(
        answers(CHALLENGE + b"Transfer-Encoding: chunked\r\n\r\n", lambda sock: forever(sock, b"1\r\nx\r\n")), limits=LATE),
    "tunnel that ends at once": through(answers(empty("200 Connected")), errors=("tls", "proxy")),
    "tunnel to garbage": through(answers(b"HTTP/1.1 200 Connected\r\n\r\n" + b"garbage" * 100, hang), errors=("tls",)),
    "tunnel to silence": through(
        answers(b"HTTP/1.1 200 Connected\r\n\r\n", hang), errors=("connect", "tls", "proxy"), limits=LATE),
    "proxy that is silent, for http": through(answers(b"", hang), PLAIN, ("idle",), IDLE),
    "proxy that ends without a word, for http": through(answers(b""), PLAIN, ("protocol",)),
    "proxy that cuts a body short, for http": through(
        answers(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nthr"), PLAIN, ("truncated",)),
    "SOCKS proxy that refuses the connection": reached(refusing, PLAIN, scheme="socks5h"),
    "SOCKS proxy that is never reached": reached(hole, PLAIN, LATE, "socks5h"),
    "SOCKS proxy that is silent": socks5(socks(end=hang), limits=LATE),
    "SOCKS proxy that ends without a word": socks5(socks()),
    "SOCKS proxy that answers garbage": socks5(socks(b"garbage")),
    "SOCKS proxy that accepts no login": socks5(socks(b"\x05\xff")),
    "SOCKS proxy that ends after the greeting": socks5(socks(ACCEPTED)),
    "SOCKS proxy that is silent after the greeting": socks5(socks(ACCEPTED, end=hang), limits=LATE),
    "SOCKS proxy that answers garbage to the request": socks5(socks(ACCEPTED, b"garbage" * 10)),
    "SOCKS 4 proxy that rejects": through(socks(b"\0\x5b" + bytes(6)), PLAIN, scheme="socks4a"),
    "SOCKS 4 proxy that answers garbage": through(socks(b"garbage!"), PLAIN, scheme="socks4a"),
    "SOCKS tunnel that ends at once": socks5(socks(ACCEPTED, GRANTED), errors=("protocol", "connect")),
} | {
    f"SOCKS proxy that fails: {number}": socks5(
        socks(ACCEPTED, bytes([5, number]) + GRANTED[2:])) for number in (*range(1, 9), 255)
}
