"""A server made of a function that gets the socket, for what is not HTTP or ends before it."""

import itertools
import socket
import ssl
import struct
import threading
import time

from .pace import seconds


class Peer:
    """Listens on 127.0.0.1, or with the given listener. A function(sock) talks on each connection, in a thread; the
    connection ends (FIN) when it returns. With `tls`, a context, it begins after the handshake."""

    def __init__(self, talk, tls=None, listener=None):
        self.connections = 0
        self._talk = talk
        self._tls = tls
        self._open = set()
        self._listener = listener or socket.create_server(("127.0.0.1", 0), backlog=128)
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self):
        for sock in [self._listener, *self._open]:
            try:
                sock.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
        self._listener.close()

    def _accept(self):
        for number in itertools.count(1):
            try:
                sock, _ = self._listener.accept()
            except OSError:
                return
            self.connections = number
            threading.Thread(target=self._run, args=(sock,), daemon=True).start()

    def _run(self, sock):
        self._open.add(sock)
        try:
            with self._tls.wrap_socket(sock, server_side=True) if self._tls else sock as talking:
                self._open.add(talking)
                self._talk(talking)
        except OSError:
            pass  # the client closed the connection, or rejected it


def reset(sock):
    """Resets the connection (RST) when what was sent has arrived."""
    time.sleep(seconds(0.1))
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    sock.close()


def hang(sock):
    """Sends nothing until the client disconnects or the test ends."""
    while sock.recv(1 << 16):
        pass


def forever(sock, data):
    """Sends the data again and again, as fast as the client takes it, until the client disconnects."""
    block = data * (1 + (1 << 16) // len(data))
    while True:
        sock.sendall(block)


def first_flight(context, hello):
    """The bytes with which a server answers the beginning of a TLS connection."""
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    incoming.write(hello)
    try:
        context.wrap_bio(incoming, outgoing, server_side=True).do_handshake()
    except ssl.SSLWantReadError:
        pass
    return outgoing.read()
