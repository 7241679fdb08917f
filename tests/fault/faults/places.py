"""The servers and addresses of faults, each of which has one of its own."""

import functools
import itertools
import socket
import ssl

from support.cell import Cell
from support.faults import BlackHole, Refusing
from support.http2 import Http2Server
from support.name_server import A, NameServer, a
from support.peer import Peer
from support.server import Server


class Several:
    """Names with several addresses, all at the port of a good server at 127.0.0.1: 127.0.0.2 and 127.0.0.3 do not
    answer, 127.0.0.4 refuses."""

    NAMES = {"second": "127.0.0.2,127.0.0.1", "third": "127.0.0.4,127.0.0.1", "none": "127.0.0.2,127.0.0.3"}

    def __init__(self, server):
        server.serve("/", b"one\ntwo\n")
        self._port = server.port
        self._holes = [BlackHole(host, server.port) for host in ("127.0.0.2", "127.0.0.3")]
        self.options = [word for name, addresses in self.NAMES.items()
                        for word in ("--resolve", f"{name}.test:{server.port}:{addresses}")]

    def url(self, name):
        return f"http://{name}.test:{self._port}/"

    def close(self):
        for hole in self._holes:
            hole.close()


class Places:
    """Starts servers on this machine, and ends them at close()."""

    def __init__(self, authority, self_signed, resolver):
        self.authority = authority
        self.resolver = resolver
        self._self_signed = self_signed
        self._numbers = itertools.count(1)
        self._open = []
        self._several = None

    def http(self, answer, host="127.0.0.1"):
        """The URL of a server with this answer: a body, or a function(talk)."""
        server = self._opened(Server())
        server.serve("/bad", answer)
        return server.url("/bad", host)

    def https(self, answer):
        """The same with a certificate that is not trusted."""
        return self._opened(Server(tls=self._self_signed)).serve("/bad", answer)

    def trusted(self, answer, context=None):
        """The same with a certificate that is trusted if the authority is; or with another context."""
        return self._opened(Server(tls=context or self.context(self.authority.server))).serve("/bad", answer)

    def http2(self, answer, **options):
        """The URL of a trusted server with this answer: a function(stream)."""
        return self._opened(Http2Server(self.authority.server, answer, **options)).url

    def peer(self, talk, tls=None, scheme=None):
        """The URL of a server without HTTP: a function(sock)."""
        return f"{scheme or ('https' if tls else 'http')}://127.0.0.1:{self._opened(Peer(talk, tls)).port}/"

    def context(self, certificate):
        """For a server with this certificate, whatever the security level of the system is."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.set_ciphers("DEFAULT:@SECLEVEL=0")
        context.load_cert_chain(certificate.public, certificate.key)
        return context

    def refusing(self):
        return f"http://127.0.0.1:{self._opened(Refusing()).port}/"

    def black_hole(self):
        return f"http://127.0.0.1:{self._opened(BlackHole()).port}/"

    def several(self):
        if not self._several:
            self._several = self._opened(Several(self._opened(Server())))
        return self._several

    def good(self):
        return self._opened(Server()).serve("/good", b"good\n")

    @functools.cached_property
    def cell(self):
        """A network namespace with a name server."""
        return self._opened(Cell())

    @functools.cached_property
    def names(self):
        sockets = (self.cell.open(kind, self.cell.name_server, 53) for kind in (socket.SOCK_DGRAM, socket.SOCK_STREAM))
        return self._opened(NameServer(*sockets))

    def named(self, answer, address="127.0.0.1"):
        """The URL of a server in the cell, whose name has this answer: a function(query)."""
        host = f"name{next(self._numbers)}.test"
        self.names.serve(host, answer)
        server = self.in_cell(address)
        server.serve("/bad", b"good\n")
        return server.url("/bad", host)

    def in_cell(self, address="127.0.0.1", port=0):
        """A scripted server in the cell."""
        return self._opened(Server(listener=self.cell.open(socket.SOCK_STREAM, address, port)))

    def good_name(self, address="127.0.0.1"):
        return self.named(lambda query: query.answer(*(a(address) if query.type == A else ())), address)

    def _opened(self, place):
        self._open.append(place)
        return place

    def close(self):
        for place in reversed(self._open):
            place.close()
