"""The servers and addresses of faults, each of which has one of its own."""

from support.faults import BlackHole, Refusing
from support.server import Server


class Places:
    """Starts servers on this machine, and ends them at close()."""

    def __init__(self, authority, self_signed, resolver):
        self.authority = authority
        self.resolver = resolver
        self._self_signed = self_signed
        self._open = []

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

    def good(self):
        return self._opened(Server()).serve("/good", b"good\n")

    def _opened(self, place):
        self._open.append(place)
        return place

    def close(self):
        for place in self._open:
            place.close()
