"""A network namespace: the program in it reaches only the sockets that a test opens there. The address of the machine's
name server is one of them, so that names are looked up at the test's, and no file of the machine has to change."""

import fcntl
import json
import os
import re
import shutil
import socket
import struct
import subprocess
import sys
from pathlib import Path

SIOCSIFFLAGS, SIOCSIFADDR, IFF_UP = 0x8914, 0x8916, 1


class Cell:
    """A process keeps the namespace and opens sockets in it. `public` and `public6` are addresses that are not private;
    with the second one the resolver asks for both families. `environment` shortens its patience."""

    public, public6 = "8.8.8.8", "2001:4860:4860::8888"
    # As in pace.py, which this file, a program as well, cannot import.
    environment = {"RES_OPTIONS": f"timeout:{2 if os.environ.get('RUNNEL_SLOW') else 1} attempts:1"}

    def __init__(self):
        self.name_server = _name_server()
        ours, theirs = socket.socketpair()
        self._user = [] if os.geteuid() == 0 else ["--user", "--map-root-user"]
        argv = ["unshare", *self._user, "--net", sys.executable, __file__, str(theirs.fileno())]
        with theirs:
            self._keeper = subprocess.Popen(argv, pass_fds=[theirs.fileno()], stderr=subprocess.PIPE)
        self._control = ours
        if not self._control.recv(1):
            raise OSError(self._keeper.stderr.read().decode().strip())

    def open(self, kind, address, port=0):
        """A socket of this kind, bound in the namespace; one for streams listens."""
        self._control.sendall(json.dumps([int(kind), address, port]).encode() + b"\n")
        _, (descriptor,), _, _ = socket.recv_fds(self._control, 1, 1)
        return socket.socket(fileno=descriptor)

    def entered(self, argv):
        """The command line that runs another one inside."""
        user = ["--user", "--preserve-credentials"] if self._user else []
        return ["nsenter", f"--target={self._keeper.pid}", *user, "--net", "--", *argv]

    def close(self):
        self._control.close()
        self._keeper.wait(10)
        self._keeper.stderr.close()


def _interface(name, request, payload):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        fcntl.ioctl(sock, request, struct.pack("16s", name.encode()) + payload + bytes(16))


def _name_server():
    """The first one that the resolver asks."""
    settings = Path("/etc/resolv.conf")
    named = re.findall(r"^nameserver\s+(\S+)", settings.read_text("utf-8"), re.MULTILINE) if settings.exists() else []
    return (named or ["127.0.0.1"])[0]


def _add_addresses(*addresses):
    for number, address in enumerate(addresses):
        if ":" in address:
            data = socket.inet_pton(socket.AF_INET6, address) + struct.pack("Ii", 128, socket.if_nametoindex("lo"))
            with socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) as sock:
                fcntl.ioctl(sock, SIOCSIFADDR, data)
        elif not address.startswith("127."):
            _interface(f"lo:{number}", SIOCSIFADDR, struct.pack("HH4s", socket.AF_INET, 0, socket.inet_aton(address)))


def _open(kind, address, port):
    sock = socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET, kind)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    sock.bind((address, port))
    if kind == socket.SOCK_STREAM:
        sock.listen(128)
    return sock


def _keep(control):
    """Runs in the namespace until the test closes its end."""
    _interface("lo", SIOCSIFFLAGS, struct.pack("h", IFF_UP))
    _add_addresses(Cell.public, Cell.public6, _name_server())
    control.sendall(b"!")
    with control.makefile("r", encoding="ascii") as wanted:
        for line in wanted:
            with _open(*json.loads(line)) as sock:
                socket.send_fds(control, [b"!"], [sock.fileno()])


def missing():
    """Why there can be no cell here, or an empty text."""
    if not all(map(shutil.which, ("unshare", "nsenter"))):
        return "no unshare or nsenter"
    if Path("/run/nscd/socket").exists() or "resolve" in _sources_of_names():
        return "names are looked up by a service of this machine, outside of the program"
    try:
        Cell().close()
    except OSError as failure:
        return f"no network namespace: {failure}"
    return ""


def _sources_of_names():
    settings = Path("/etc/nsswitch.conf")
    found = re.search(r"^hosts:(.*)", settings.read_text("utf-8"), re.MULTILINE) if settings.exists() else None
    return found[1].split() if found else []


if __name__ == "__main__":
    _keep(socket.socket(fileno=int(sys.argv[1])))
