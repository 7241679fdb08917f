"""Servers whose TLS is broken, old, or not to be trusted."""

import socket
import ssl
import struct

from support.faults import TEXT, head
from support.peer import first_flight, forever, hang, reset

from .fault import SOON, Fault

ALERT, HANDSHAKE = 21, 22
HANDSHAKE_FAILURE, UNRECOGNIZED_NAME, INTERNAL_ERROR = 40, 112, 80
# A key that is shorter than the security level of Debian's OpenSSL allows.
SECURE_RENEGOTIATION = b"\0\5\xff\1\0\1\0"
SHORT_KEY = ("-newkey", "rsa:1024")


def record(kind, data, version=0x0303):
    return struct.pack(">BHH", kind, version, len(data)) + data


def alert(description):
    return record(ALERT, bytes([2, description]))


def server_hello(version):
    """A server that can do no more than this version: 3.1 is TLS 1.0."""
    body = struct.pack(">H", version) + bytes(32) + b"\0\xc0\x13\0" + SECURE_RENEGOTIATION
    return record(HANDSHAKE, b"\x02" + len(body).to_bytes(3, "big") + body, version)


def handshake(*parts, end=lambda sock: None):
    """A server that answers the first message of a handshake with these bytes, and then ends in some way."""
    def talk(sock):
        sock.recv(1 << 16)
        sock.sendall(b"".join(parts))
        end(sock)
    return lambda places: places.peer(talk, scheme="https")


def half_a_handshake(end):
    def place(places):
        context = places.context(places.authority.server)

        def talk(sock):
            flight = first_flight(context, sock.recv(1 << 16))
            sock.sendall(flight[:len(flight) // 2])
            end(sock)
        return places.peer(talk, scheme="https")
    return place


def certified(**wanted):
    """A server with a certificate of the trusted authority, but not quite the right one."""
    return lambda places: places.trusted(b"secret\n", places.context(places.authority.issue(**wanted)))


def unknown(places):
    return places.trusted(b"secret\n", places.context(places.authority.stranger))


def asking_for_a_certificate(version):
    def place(places):
        context = places.context(places.authority.server)
        context.maximum_version = version
        context.load_verify_locations(places.authority.own.public)
        context.verify_mode = ssl.CERT_REQUIRED
        return places.peer(hang, tls=context)
    return place


def only(version):
    """A trusted server with this version of TLS, and an OpenSSL that still allows it."""
    def place(places):
        context = places.context(places.authority.server)
        context.minimum_version = context.maximum_version = version
        return places.trusted(b"secret\n", context=context)
    return place


def spoken_to_in_tls(places):
    return places.http(b"never\n").replace("http:", "https:")


def response(*parts, end=lambda sock: sock.unwrap()):
    """A trusted server that answers any request with these bytes, and then ends the connection in some way."""
    def talk(sock):
        sock.recv(1 << 16)
        sock.sendall(b"".join(parts))
        end(sock)
    return lambda places: places.peer(talk, tls=places.context(places.authority.server))


def without_close_notify(sock):
    """Ends the connection (FIN) without saying so in TLS."""


def in_clear(data):
    def end(sock):
        under = sock.detach()
        with socket.socket(fileno=under) as plain:
            plain.sendall(data)
    return end


LATE = ("--connect-timeout", SOON)
SIZED, CLOSE, CHUNKED = head("Content-Length: 100"), head("Connection: close"), head("Transfer-Encoding: chunked")
HELLO_REQUESTS = record(HANDSHAKE, bytes(4) * 1000)
NEITHER = ("tls", "connect")

FAULTS = {
    "tls to a server that speaks none": Fault("F8", ("tls",), spoken_to_in_tls),
    "reset in the handshake": Fault("F7", ("tls",), handshake(end=reset)),
    "end in the handshake": Fault("F7", ("tls",), handshake()),
    "reset in the middle of the handshake": Fault("F7", ("tls",), half_a_handshake(reset)),
    "end in the middle of the handshake": Fault("F7", ("tls",), half_a_handshake(lambda sock: None)),
    "silence in the handshake": Fault("F9", NEITHER, handshake(end=hang), LATE),
    "silence in the middle of the handshake": Fault("F9", NEITHER, half_a_handshake(hang), LATE),
    "handshake without end": Fault("F7", NEITHER, handshake(end=lambda sock: forever(sock, HELLO_REQUESTS)), LATE),
    "alert in the handshake": Fault("F7", ("tls",), handshake(alert(HANDSHAKE_FAILURE))),
    "alert about the name": Fault("F8", ("tls",), handshake(alert(UNRECOGNIZED_NAME))),
    "garbage in the handshake": Fault("F7", ("tls",), handshake(b"\0" * 2000)),
    "record over the limit": Fault("F7", ("tls",), handshake(record(HANDSHAKE, bytes(60_000)))),
    "self-signed certificate": Fault("F8", ("tls",), lambda places: places.https(b"secret\n")),
    "certificate of an unknown authority": Fault("F8", ("tls",), unknown),
    "expired certificate": Fault("F8", ("tls",), certified(days=-1)),
    "certificate that is not valid yet": Fault("F8", ("tls",), certified(since=1, days=2)),
    "certificate of another host": Fault("F8", ("tls",), certified(names="DNS:other.test,IP:127.0.0.2")),
    "certificate of a name for an address": Fault("F8", ("tls",), certified(names="DNS:127.0.0.1")),
    "certificate with a short key": Fault("F8", ("tls",), certified(key=SHORT_KEY)),
    "SSL 3 only": Fault("F8", ("tls",), handshake(server_hello(0x0300), end=hang)),
    "TLS 1.0 only": Fault("F8", ("tls",), only(ssl.TLSVersion.TLSv1)),
    "TLS 1.1 only": Fault("F8", ("tls",), only(ssl.TLSVersion.TLSv1_1)),
    "client certificate required, TLS 1.2": Fault("F8", NEITHER, asking_for_a_certificate(ssl.TLSVersion.TLSv1_2)),
    "client certificate required, TLS 1.3": Fault("F8", NEITHER, asking_for_a_certificate(ssl.TLSVersion.TLSv1_3)),
    "HTTP/1.1 after HTTP/2 was offered": Fault("F8", (None,), response(head("Content-Length: 5"), b"good\n")),
    "no close_notify after a body that ends with the connection": Fault(
        "F13", ("truncated",), response(CLOSE, TEXT, end=without_close_notify)),
    "no close_notify after a body that ends with the connection, which is reset": Fault(
        "F16", ("truncated",), response(CLOSE, TEXT, end=reset)),
    "no close_notify in a body": Fault("F13", ("truncated",), response(SIZED, TEXT, end=without_close_notify)),
    "no close_notify in a chunked body": Fault(
        "F15", ("truncated",), response(CHUNKED, b"ff\r\n" + TEXT, end=without_close_notify)),
    "no close_notify after a complete body": Fault(
        "F13", (None,), response(head("Content-Length: 5"), b"good\n", end=without_close_notify)),
    "close_notify in a body": Fault("F13", ("truncated",), response(SIZED, TEXT)),
    "alert in a body": Fault("F16", ("truncated",), response(SIZED, TEXT, end=in_clear(alert(INTERNAL_ERROR)))),
    "garbage in a body": Fault("F16", ("truncated",), response(SIZED, TEXT, end=in_clear(b"garbage" * 10))),
    "end before the headers": Fault("F12", ("protocol", "connect"), response()),
}
