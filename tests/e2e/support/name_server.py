"""A scripted name server (RFC 1035): each name has a function that gets the query and returns the answer's bytes."""

import contextlib
import socket
import struct
import threading
from dataclasses import dataclass

A, CNAME, AAAA = 1, 5, 28
NXDOMAIN, SERVFAIL = 3, 2
RESPONSE, TRUNCATED = 0x8180, 0x0200


@dataclass(frozen=True)
class Query:
    """`question` has the bytes of its name, type and class. `number` counts the queries for its name, from 1."""
    id: int
    name: str
    type: int
    question: bytes
    over_tcp: bool
    number: int

    def answer(self, *records, rcode=0, flags=0):
        head = struct.pack(">6H", self.id, RESPONSE | flags | rcode, 1, len(records), 0, 0)
        return head + self.question + b"".join(records)


def encoded(name):
    """A name as a query has it: labels with their lengths."""
    return b"".join(bytes([len(label)]) + label.encode() for label in name.split(".")) + b"\0"


def record(kind, data, owner=b"\xc0\x0c"):
    """A record for the name of the question, or for another owner."""
    return owner + struct.pack(">HHIH", kind, 1, 60, len(data)) + data


def a(*addresses):
    return [record(A, socket.inet_aton(address)) for address in addresses]


def aaaa(*addresses):
    return [record(AAAA, socket.inet_pton(socket.AF_INET6, address)) for address in addresses]


class NameServer:
    """Answers on two sockets, one for each of UDP and TCP. Names without a function do not exist."""

    def __init__(self, udp, tcp):
        self._udp = udp
        self._tcp = tcp
        self._names = {}
        self._asked = {}
        for run in (self._serve_udp, self._serve_tcp):
            threading.Thread(target=run, daemon=True).start()

    def serve(self, name, answer):
        """A function(query) that returns bytes, or None for silence. Over TCP bytes come with their length."""
        self._names[name] = answer

    def hosts(self, name, v4=(), v6=()):
        self.serve(name, lambda query: query.answer(*{A: a(*v4), AAAA: aaaa(*v6)}.get(query.type, ())))

    def close(self):
        self._tcp.shutdown(socket.SHUT_RDWR)
        with contextlib.suppress(OSError):
            self._udp.shutdown(socket.SHUT_RDWR)
        self._tcp.close()

    def _serve_udp(self):
        with contextlib.suppress(OSError):
            while data := self._udp.recvfrom(1 << 16):
                if not data[0]:
                    return
                if (answer := self._answer(data[0], False)) is not None:
                    self._udp.sendto(answer, data[1])

    def _serve_tcp(self):
        with contextlib.suppress(OSError):
            while True:
                sock, _ = self._tcp.accept()
                threading.Thread(target=self._talk, args=(sock,), daemon=True).start()

    def _talk(self, sock):
        with sock, sock.makefile("rb") as stream, contextlib.suppress(OSError):
            while len(size := stream.read(2)) == 2:
                answer = self._answer(stream.read(int.from_bytes(size, "big")), True)
                if answer is not None:
                    sock.sendall(struct.pack(">H", len(answer)) + answer)

    def _answer(self, data, over_tcp):
        labels, at = [], 12
        while data[at]:
            labels.append(data[at + 1:at + 1 + data[at]].decode("latin-1"))
            at += 1 + data[at]
        name = ".".join(labels).lower()
        self._asked[name] = self._asked.get(name, 0) + 1
        kind, = struct.unpack(">H", data[at + 1:at + 3])
        query = Query(int.from_bytes(data[:2], "big"), name, kind, data[12:at + 5], over_tcp, self._asked[name])
        return self._names.get(name, lambda query: query.answer(rcode=NXDOMAIN))(query)
