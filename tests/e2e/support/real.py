"""Real servers on 127.0.0.1: finding their programs, starting and stopping them."""

import os
import shutil
import socket
import subprocess
import time
from pathlib import Path

from .pace import seconds
from .tool import CHECKOUT

# scripts/test-servers provides nginx, tinyproxy, microsocks, nghttpd and promtool.
UNPACKED = CHECKOUT / "build" / "servers" / "bin"
PROXY_USER = "keeper:pass-word"


def find(name):
    """The program's path, or None."""
    unpacked = UNPACKED / name
    return (os.environ.get(f"RUNNEL_{name.upper()}") or shutil.which(name) or shutil.which(name, path="/usr/sbin")
            or (str(unpacked) if unpacked.exists() else None))


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]


class RealServer:
    """Runs a program in the foreground, in a directory of its own, until close()."""

    def __init__(self, argv, directory, port):
        self.port = port
        self._log = Path(directory) / "log"
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(argv, cwd=directory, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        self.pid = self._process.pid
        self._wait_until_it_listens(argv[0])

    def url(self, path="", scheme="http"):
        return f"{scheme}://127.0.0.1:{self.port}{path}"

    def close(self):
        self._process.terminate()
        self._process.wait(10)

    def _wait_until_it_listens(self, program):
        give_up = time.monotonic() + seconds(10)
        while time.monotonic() < give_up and self._process.poll() is None:
            try:
                return socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
            except OSError:
                time.sleep(0.02)
        self._process.kill()
        raise RuntimeError(f"{program} did not start: {self._log.read_text()}")


class Tinyproxy(RealServer):
    """A forward proxy; with `user` it requires that `user:password`."""

    def __init__(self, program, directory, user=None):
        port = free_port()
        lines = [f"Port {port}", "Listen 127.0.0.1", "Timeout 60", "MaxClients 50", "LogLevel Error"]
        lines += ["BasicAuth " + user.replace(":", " ")] if user else []
        (Path(directory) / "tinyproxy.conf").write_text("\n".join(lines) + "\n", encoding="ascii")
        super().__init__([program, "-d", "-c", "tinyproxy.conf"], directory, port)


class Microsocks(RealServer):
    """A SOCKS5 proxy; with `user` it requires that `user:password`."""

    def __init__(self, program, directory, user=None):
        port = free_port()
        name, _, password = (user or "").partition(":")
        guard = ["-u", name, "-P", password] if user else []
        super().__init__([program, "-i", "127.0.0.1", "-p", str(port), *guard], directory, port)


class Nghttpd(RealServer):
    """Serves the files of a directory over HTTP/2, with TLS."""

    def __init__(self, program, directory, documents, certificate):
        port = free_port()
        super().__init__([program, "-a", "127.0.0.1", "-d", str(documents), str(port), certificate.key,
                          certificate.public], directory, port)
