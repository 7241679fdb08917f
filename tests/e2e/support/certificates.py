"""Certificates, made with openssl."""

import subprocess
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Certificate:
    """The paths of its PEM files."""
    public: str
    key: str


def make(directory, name, *options):
    """Makes a certificate, self-signed unless the options name an authority."""
    made = Certificate(str(Path(directory) / f"{name}.pem"), str(Path(directory) / f"{name}.key"))
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
                    "-nodes", "-days", "2", "-subj", f"/CN={name}",
                    *options, "-keyout", made.key, "-out", made.public], check=True, capture_output=True)
    return made


class Authority:
    """Signs the certificates of servers at 127.0.0.1 and of clients. `stranger` is not signed by it."""

    def __init__(self, directory):
        self.own = make(directory, "authority")
        signed = ("-CA", self.own.public, "-CAkey", self.own.key, "-addext", "basicConstraints=CA:FALSE")
        self.server = make(directory, "server", *signed, "-addext", "subjectAltName=IP:127.0.0.1,IP:::1,DNS:localhost")
        self.client = make(directory, "client", *signed)
        self.stranger = make(directory, "stranger")
