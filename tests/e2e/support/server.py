"""A scripted HTTP/1.1 server: each path has a function that gets the raw socket."""

import select
import socket
import struct
import threading
import time
from dataclasses import dataclass, field

from .pace import seconds

threading.stack_size(256 * 1024)


@dataclass
class Request:
    """One request as it arrived. Header names are in lower case; the values of equal names are joined by commas.
    `connection` counts from 1 in the order of accepting."""
    method: str
    target: str
    headers: dict
    body: bytes
    connection: int
    at: float = field(default_factory=time.monotonic)

    @property
    def path(self):
        return self.target.partition("?")[0]

    @property
    def query(self):
        return self.target.partition("?")[2]


class Talk:
    """The server's side of one exchange. A handler that sends by itself closes (FIN) when it returns."""

    def __init__(self, server, sock, request):
        self.server = server
        self.sock = sock
        self.request = request
        self.keep_alive = False

    def send(self, *pieces):
        for piece in pieces:
            self.sock.sendall(piece)

    def head(self, headers=None, status=200):
        lines = [f"HTTP/1.1 {status} Scripted"] + [f"{name}: {value}" for name, value in (headers or {}).items()]
        self.send(("\r\n".join(lines) + "\r\n\r\n").encode())

    def reply(self, body=b"", status=200, headers=None):
        """Sends a complete, correct response; the connection stays open."""
        self.keep_alive = True
        self.server.ended(self)
        self.head({"Content-Length": len(body)} | (headers or {}), status)
        self.send(b"" if self.request.method == "HEAD" else body)

    def chunk(self, data):
        self.send(b"%x\r\n%s\r\n" % (len(data), data))

    def last_chunk(self):
        self.send(b"0\r\n\r\n")

    def pause(self, time_span):
        self.server.stopping.wait(time_span)

    def hang(self):
        """Sends nothing until the client disconnects or the test ends."""
        poll = select.poll()
        poll.register(self.sock, select.POLLRDHUP)
        while not self.server.stopping.is_set() and not poll.poll(1000):
            pass

    def reset(self):
        """Resets the connection (RST)."""
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.sock.close()


class Server:
    """Listens on 127.0.0.1 or with the given socket; one thread per connection. Keeps a log of the requests."""

    def __init__(self, tls=None, listener=None):
        self.stopping = threading.Event()
        self.requests = []
        self.connections = 0
        self.peak = 0
        self._tls = tls
        self._routes = {}
        self._elsewhere = _not_found
        self._open = set()
        self._active = set()
        self._failures = []
        self._changed = threading.Condition()
        self._listener = listener or socket.create_server(("127.0.0.1", 0), backlog=1024)
        self.port = self._listener.getsockname()[1]
        self._acceptor = threading.Thread(target=self._accept, daemon=True)
        self._acceptor.start()

    def serve(self, path, answer):
        """Serves a body, or a function(talk), at path; returns the URL."""
        self._routes[path] = answer if callable(answer) else lambda talk: talk.reply(answer)
        return self.url(path)

    def serve_elsewhere(self, answer):
        """Sets a function(talk) for every path without an answer of its own."""
        self._elsewhere = answer

    def url(self, path, host="127.0.0.1"):
        return f"{'https' if self._tls else 'http'}://{host}:{self.port}{path}"

    def requests_to(self, path):
        return [request for request in self.requests if request.path == path]

    @property
    def active(self):
        """The number of requests that are being answered."""
        return len(self._active)

    def wait_until(self, condition, timeout=30):
        """Waits until a condition on the server holds; checked at the start and end of every request."""
        with self._changed:
            assert self._changed.wait_for(condition, seconds(timeout)), \
                f"never came: {len(self.requests)} requests, {self.active} active"

    def close(self):
        self.stopping.set()
        self._listener.shutdown(socket.SHUT_RDWR)
        self._acceptor.join(5)
        self._listener.close()
        for sock in list(self._open):
            try:
                sock.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
        if self._failures:
            raise self._failures[0]

    def ended(self, talk):
        with self._changed:
            self._active.discard(talk)
            self._changed.notify_all()

    def _began(self, talk):
        with self._changed:
            self._active.add(talk)
            self.requests.append(talk.request)
            self.peak = max(self.peak, self.active)
            self._changed.notify_all()

    def _accept(self):
        while not self.stopping.is_set():
            try:
                sock, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            threading.Thread(target=self._converse, args=(sock, self.connections), daemon=True).start()

    def _converse(self, sock, number):
        try:
            if sock.family != socket.AF_UNIX:
                sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            sock = self._tls.wrap_socket(sock, server_side=True) if self._tls else sock
            self._open.add(sock)
            with sock, sock.makefile("rb") as stream:
                while (request := _read_request(stream, number)) and self._answer(sock, request):
                    pass
        except OSError:
            pass  # the client closed the connection, or the handler did
        except Exception as failure:
            self._failures.append(failure)
        finally:
            self._open.discard(sock)

    def _answer(self, sock, request):
        """Answers one request; True if the connection can take another one."""
        talk = Talk(self, sock, request)
        self._began(talk)
        try:
            self._routes.get(request.path, self._elsewhere)(talk)
        finally:
            self.ended(talk)
        return talk.keep_alive


def _not_found(talk):
    talk.reply(b"no such page\n", status=404)


def _read_request(stream, connection):
    """The next request, with its body skipped; None if the client has closed the connection."""
    if not stream.peek(1)[:1].isalpha():
        return None  # closed, or a TLS handshake
    method, target, _ = stream.readline().decode("latin-1").split(" ", 2)
    headers = {}
    while (line := stream.readline().strip()):
        name, _, value = line.decode("latin-1").partition(":")
        name, value = name.lower(), value.strip()
        headers[name] = f"{headers[name]}, {value}" if name in headers else value
    body = stream.read(int(headers.get("content-length", 0)))
    return Request(method, target, headers, body, connection)
