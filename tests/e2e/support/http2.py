"""An HTTP/2 server made of frames: it takes any request; a function with the connection makes the answer."""

import itertools
import socket
import ssl
import struct
import threading
import time

from .pace import seconds

DATA, HEADERS, PRIORITY, RST_STREAM, SETTINGS, PING, GOAWAY = 0, 1, 2, 3, 4, 6, 7
END_STREAM, ACK, END_HEADERS = 1, 1, 4
STATUS_200 = b"\x88"


def frame(kind, flags, stream, payload=b""):
    return len(payload).to_bytes(3, "big") + bytes([kind, flags]) + struct.pack(">I", stream) + payload


def field(name, value):
    """A header that is in neither table."""
    return b"\0" + bytes([len(name)]) + name.encode() + bytes([len(value)]) + value.encode()


class Stream:
    """The server's side of one exchange."""

    def __init__(self, server, connection, sending, number):
        self._server = server
        self._connection = connection
        self._sending = sending
        self._number = number

    def head(self, headers=None, end=False):
        block = STATUS_200 + b"".join(field(*each) for each in (headers or {}).items())
        self._send(frame(HEADERS, END_HEADERS | (END_STREAM if end else 0), self._number, block))

    def data(self, data, end=False):
        """At most the size of libcurl's window."""
        for start in range(0, len(data) or 1, 1 << 14):
            last = end and start + (1 << 14) >= len(data)
            self._send(frame(DATA, END_STREAM if last else 0, self._number, data[start:start + (1 << 14)]))

    def reset(self, code, close=False):
        """Resets the stream; with `close` also ends the connection in the same write."""
        self._send(frame(RST_STREAM, 0, self._number, struct.pack(">I", code)))
        if close:
            self.close()

    def go_away(self, last=None):
        last = self._number if last is None else last
        self._send(frame(GOAWAY, 0, 0, struct.pack(">II", last, 0)))

    def flood(self, frames):
        """Sends the frames again and again, as fast as the client takes them, until it closes the connection."""
        block = frames * (1 + (1 << 18) // len(frames))
        while True:
            self._send(block)

    def close(self):
        self._connection.shutdown(socket.SHUT_RDWR)

    def cut(self):
        """Resets the connection (RST): the thread that reads it is woken and closes it."""
        self._connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self._connection.shutdown(socket.SHUT_RD)

    def _send(self, data):
        with self._sending:
            self._connection.sendall(data)
            self._server.sent += len(data)


class Http2Server:
    """Listens on 127.0.0.1 with TLS; a thread for each connection, and one for each request in it. `http1` is a
    function(socket) for connections with another protocol, which have one request."""

    def __init__(self, certificate, answer, protocols=("h2",), http1=None):
        self.connections = 0
        self.requests = 0
        self.http1_requests = 0
        self.sent = 0
        self._answer = answer
        self._http1 = http1
        self._tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._tls.load_cert_chain(certificate.public, certificate.key)
        self._tls.set_alpn_protocols(list(protocols))
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=128)
        self._open = set()
        self.url = f"https://127.0.0.1:{self._listener.getsockname()[1]}/"
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self):
        for sock in [self._listener, *self._open]:
            try:
                sock.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
        self._listener.close()

    def wait_until_stalled(self):
        """Sends until the client stops taking data."""
        sent = -1
        while sent != self.sent:
            sent = self.sent
            time.sleep(seconds(0.5))

    def _accept(self):
        for number in itertools.count(1):
            try:
                sock, _ = self._listener.accept()
            except OSError:
                return
            self.connections = number
            threading.Thread(target=self._serve, args=(sock,), daemon=True).start()

    def _serve(self, sock):
        try:
            with self._tls.wrap_socket(sock, server_side=True) as secure, secure.makefile("rb") as stream:
                self._open.add(secure)
                if self._http1 and secure.selected_alpn_protocol() != "h2":
                    self._take_http1(secure, stream)
                    return
                stream.read(len(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"))
                secure.sendall(frame(SETTINGS, 0, 0))
                sending = threading.Lock()
                while len(head := stream.read(9)) == 9:
                    self._take(secure, sending, head, stream.read(int.from_bytes(head[:3], "big")))
        except OSError:
            pass  # the client closed the connection, or the answer did

    def _take(self, sock, sending, head, payload):
        kind, flags, number = head[3], head[4], int.from_bytes(head[5:], "big")
        if kind in (SETTINGS, PING) and not flags & ACK:
            with sending:
                sock.sendall(frame(kind, ACK, 0, payload if kind == PING else b""))
        if kind == HEADERS:
            self.requests += 1
            threading.Thread(target=self._reply, args=(Stream(self, sock, sending, number),), daemon=True).start()

    def _take_http1(self, sock, stream):
        if stream.readline():
            self.http1_requests += 1
            while stream.readline().strip():
                pass
            self._http1(sock)

    def _reply(self, stream):
        try:
            self._answer(stream)
        except OSError:
            pass  # the client closed the connection
