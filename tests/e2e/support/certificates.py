"""Certificates, made with openssl."""

import subprocess
import time
from dataclasses import dataclass
from pathlib import Path


CA = """
[ca]
default_ca = own
[own]
database = {directory}/index.txt
new_certs_dir = {directory}
rand_serial = yes
default_md = sha256
unique_subject = no
policy = any
[any]
commonName = supplied
"""
EC = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256")


@dataclass(frozen=True)
class Certificate:
    """The paths of its PEM files."""
    public: str
    key: str


def make(directory, name, *options):
    """Makes a certificate, self-signed unless the options name an authority."""
    made = Certificate(str(Path(directory) / f"{name}.pem"), str(Path(directory) / f"{name}.key"))
    _openssl("req", "-x509", *EC, "-nodes", "-days", "2", "-subj", f"/CN={name}", *options, "-keyout", made.key,
             "-out", made.public)
    return made


def _openssl(*words):
    subprocess.run(["openssl", *words], check=True, capture_output=True)


class Authority:
    """Signs the certificates of servers at 127.0.0.1 and of clients. `stranger` is not signed by it."""

    def __init__(self, directory):
        self._directory = Path(directory)
        self._issued = {}
        self.own = make(directory, "authority")
        signed = ("-CA", self.own.public, "-CAkey", self.own.key, "-addext", "basicConstraints=CA:FALSE")
        self.server = make(directory, "server", *signed, "-addext", "subjectAltName=IP:127.0.0.1,IP:::1,DNS:localhost")
        self.client = make(directory, "client", *signed)
        self.stranger = make(directory, "stranger")

    def issue(self, names="IP:127.0.0.1", days=2, since=-1, key=EC):
        """A certificate of a server with these names (subjectAltName). It is valid from `since` to `days`, in days
        from now; a negative number of days means that it has expired."""
        asked = names, days, since, key
        if asked not in self._issued:
            stem = self._directory / f"issued{len(self._issued)}"
            made = Certificate(f"{stem}.pem", f"{stem}.key")
            Path(f"{stem}.ext").write_text(f"subjectAltName={names}\n", encoding="ascii")
            _openssl("req", *key, "-nodes", "-subj", "/CN=issued", "-keyout", made.key, "-out", f"{stem}.csr")
            _openssl("ca", "-batch", "-config", self._config(), "-cert", self.own.public, "-keyfile", self.own.key,
                     "-startdate", _at(min(since, days - 1)), "-enddate", _at(days), "-extfile", f"{stem}.ext",
                     "-in", f"{stem}.csr", "-out", made.public)
            self._issued[asked] = made
        return self._issued[asked]

    def _config(self):
        """`openssl ca` is the only command of OpenSSL 3.0 and 3.5 that takes any dates, and needs a file."""
        path = self._directory / "ca.cnf"
        if not path.exists():
            (self._directory / "index.txt").touch()
            path.write_text(CA.format(directory=self._directory), encoding="ascii")
        return str(path)


def _at(days):
    return time.strftime("%Y%m%d%H%M%SZ", time.gmtime(time.time() + days * 86400))
