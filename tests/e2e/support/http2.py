"""An HTTP/2 server made of frames: it takes any request; a function with the connection makes the answer."""

import socket
import ssl
import struct
import threading
import time

from .pace import seconds
from .peer import Peer

DATA, HEADERS, PRIORITY, RST_STREAM, SETTINGS, PUSH_PROMISE, PING, GOAWAY, WINDOW_UPDATE, CONTINUATION = range(10)
END_STREAM, ACK, END_HEADERS, PADDED = 1, 1, 4, 8
STATUS_200 = b"\x88"


def frame(kind, flags, stream, payload=b""):
    return len(payload).to_bytes(3, "big") + bytes([kind, flags]) + struct.pack(">I", stream) + payload


def field(name, value):
    """A header that is in neither table; name and value are shorter than 127 bytes."""
    return b"\0" + bytes([len(name)]) + name.encode() + bytes([len(value)]) + value.encode()


class Stream:
    """The server's side of one exchange."""

    def __init__(self, server, connection, sending, number):
        self._server = server
        self.stopping = server.stopping
        self._connection = connection
        self._sending = sending
        self.number = number

    def head(self, headers=None, end=False):
        block = STATUS_200 + b"".join(field(*each) for each in (headers or {}).items())
        self._send(frame(HEADERS, END_HEADERS | (END_STREAM if end else 0), self.number, block))

    def data(self, data, end=False):
        """At most the size of libcurl's window."""
        for start in range(0, len(data) or 1, 1 << 14):
            last = end and start + (1 << 14) >= len(data)
            self._send(frame(DATA, END_STREAM if last else 0, self.number, data[start:start + (1 << 14)]))

    def reset(self, code, close=False):
        """Resets the stream; with `close` also ends the connection in the same write."""
        self._send(frame(RST_STREAM, 0, self.number, struct.pack(">I", code)))
        if close:
            self.close()

    def go_away(self, last=None, code=0):
        last = self.number if last is None else last
        self._send(frame(GOAWAY, 0, 0, struct.pack(">II", last, code)))

    def frames(self, *frames):
        """Sends frames as they are."""
        self._send(b"".join(frames))

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

    def pause(self, time_span):
        self.stopping.wait(time_span)

    def _send(self, data):
        with self._sending:
            self._connection.sendall(data)
            self._server.sent += len(data)


class Http2Server(Peer):
    """Listens on 127.0.0.1 with TLS; a thread for each connection, and one for each request in it. `http1` is a
    function(socket) for connections with another protocol, which have one request; the others begin with the bytes
    `begin`."""

    def __init__(self, certificate, answer, protocols=("h2",), http1=None, begin=frame(SETTINGS, 0, 0)):
        self.requests = 0
        self.http1_requests = 0
        self.sent = 0
        self.stopping = threading.Event()
        self._answer = answer
        self._http1 = http1
        self._begin = begin
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate.public, certificate.key)
        context.set_alpn_protocols(list(protocols))
        super().__init__(self._converse, context)
        self.url = f"https://127.0.0.1:{self.port}/"

    def close(self):
        self.stopping.set()
        super().close()

    def wait_until_stalled(self):
        """Sends until the client stops taking data."""
        sent = -1
        while sent != self.sent:
            sent = self.sent
            time.sleep(seconds(0.5))

    def _converse(self, sock):
        with sock.makefile("rb") as stream:
            if self._http1 and sock.selected_alpn_protocol() != "h2":
                self._take_http1(sock, stream)
                return
            stream.read(len(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"))
            sock.sendall(self._begin)
            sending = threading.Lock()
            while len(head := stream.read(9)) == 9:
                self._take(sock, sending, head, stream.read(int.from_bytes(head[:3], "big")))

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
