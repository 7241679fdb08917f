"""The servers and addresses of faults, each of which has one of its own."""

from support.faults import BlackHole, Refusing
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

    def _opened(self, place):
        self._open.append(place)
        return place

    def close(self):
        for place in self._open:
            place.close()
