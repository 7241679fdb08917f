"""Proxies that keep a log: one for HTTP, which forwards and tunnels, and one for SOCKS. Both connect to 127.0.0.1
only, so tests can request any host name."""

import base64
import re
import socket
import threading

from .peer import Peer


def _join(one, other):
    """Passes bytes in both directions until both sides have ended."""
    def pass_on(source, sink):
        try:
            while data := source.recv(1 << 16):
                sink.sendall(data)
            sink.shutdown(socket.SHUT_WR)
        except OSError:
            pass
    back = threading.Thread(target=pass_on, args=(other, one), daemon=True)
    back.start()
    pass_on(one, other)
    back.join()


class Proxy(Peer):
    """A peer whose `_serve` gets the socket and its bytes as a stream."""

    def __init__(self, tls=None):
        super().__init__(self._begin, tls)

    def _begin(self, sock):
        with sock.makefile("rb") as stream:
            self._serve(sock, stream)


class HttpProxy(Proxy):
    """Forwards requests with a Content-Length, and tunnels. `answer` replaces the answer to every request; an empty
    one means silence. With `user` it requires that user."""

    def __init__(self, answer=None, user=None, tls=None):
        self.answer = answer
        self.user = user
        self.requests = []
        self.headers = []
        super().__init__(tls)

    def url(self, user=""):
        return f"http://{user}{'@' if user else ''}127.0.0.1:{self.port}"

    def _serve(self, sock, stream):
        while line := stream.readline():
            lines = list(iter(stream.readline, b"\r\n"))
            self.requests.append(line.decode("latin-1").strip())
            self.headers.append({name.lower(): value.strip() for name, _, value in
                                 (each.decode("latin-1").partition(":") for each in lines)})
            if self.answer is not None:
                sock.sendall(self.answer)
                stream.read() if not self.answer else None
                return
            if not self._knows_the_user():
                sock.sendall(b"HTTP/1.1 407 Who are you\r\nProxy-Authenticate: Basic realm=x\r\nContent-Length: 0\r\n\r\n")
                continue
            method, target, _ = line.split(b" ", 2)
            if method == b"CONNECT":
                self._tunnel(sock, target)
                return
            self._forward(sock, method, target, lines)

    def _knows_the_user(self):
        expected = "Basic " + base64.b64encode((self.user or "").encode()).decode()
        return self.user is None or self.headers[-1].get("proxy-authorization") == expected

    def _tunnel(self, sock, target):
        with socket.create_connection(("127.0.0.1", int(target.rpartition(b":")[2]))) as server:
            sock.sendall(b"HTTP/1.1 200 Connected\r\nContent-Type: a/proxy\r\nContent-Encoding: gzip\r\n\r\n")
            _join(sock, server)

    def _forward(self, sock, method, target, lines):
        host, _, path = target.removeprefix(b"http://").partition(b"/")
        with socket.create_connection(("127.0.0.1", int(host.rpartition(b":")[2] or 80))) as server:
            kept = [line for line in lines if not line.lower().startswith(b"proxy-")]
            server.sendall(b"".join([method, b" /", path, b" HTTP/1.1\r\n", *kept, b"\r\n"]))
            with server.makefile("rb") as stream:
                head = b"".join(iter(stream.readline, b"\r\n"))
                size = int(re.search(rb"content-length: (\d+)", head, re.IGNORECASE)[1])
                sock.sendall(head + b"\r\n" + stream.read(size))


class SocksProxy(Proxy):
    """Speaks SOCKS 4, 4a and 5. `asked` has the host and port of each request, with the host as given. With `user`
    (`name:password`) it requires SOCKS 5 and that user; with `refuses` it refuses every connection."""

    def __init__(self, user=None, refuses=False):
        self.asked = []
        self.methods = []
        self._user = user
        self._refuses = refuses
        super().__init__()

    def _serve(self, sock, stream):
        version = stream.read(1)
        accepted = self._serve_4(stream) if version == b"\x04" else self._serve_5(sock, stream)
        if accepted is None:
            return
        granted, refused = accepted
        if self._refuses:
            sock.sendall(refused)
            return
        with socket.create_connection(("127.0.0.1", self.asked[-1][1])) as server:
            sock.sendall(granted)
            _join(sock, server)

    def _serve_4(self, stream):
        _, port, address = stream.read(1), int.from_bytes(stream.read(2), "big"), stream.read(4)
        self._text(stream)
        is_name = address[:3] == b"\0\0\0"
        self.asked.append((self._text(stream) if is_name else socket.inet_ntoa(address), port))
        return b"\0\x5a" + bytes(6), b"\0\x5b" + bytes(6)

    @staticmethod
    def _text(stream):
        return b"".join(iter(lambda: stream.read(1), b"\0")).decode()

    def _serve_5(self, sock, stream):
        self.methods.append(set(stream.read(stream.read(1)[0])))
        if self._user is None:
            sock.sendall(b"\x05\x00")
        elif not self._log_in(sock, stream):
            return None
        _, _, _, kind = stream.read(4)
        if kind == 3:
            host = stream.read(stream.read(1)[0]).decode()
        else:
            family, size = (socket.AF_INET, 4) if kind == 1 else (socket.AF_INET6, 16)
            host = socket.inet_ntop(family, stream.read(size))
        self.asked.append((host, int.from_bytes(stream.read(2), "big")))
        rest = b"\0\x01" + bytes(6)
        return b"\x05\0" + rest, b"\x05\x05" + rest

    def _log_in(self, sock, stream):
        if 2 not in self.methods[-1]:
            sock.sendall(b"\x05\xff")
            return False
        sock.sendall(b"\x05\x02")
        stream.read(1)
        given = b":".join(stream.read(stream.read(1)[0]) for _ in range(2)).decode()
        sock.sendall(b"\x01\0" if given == self._user else b"\x01\x01")
        return given == self._user
