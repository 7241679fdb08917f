"""A real server, for many requests: nginx with one worker, taken from where it is found."""

import os
import shutil
import socket
import subprocess
import time
import urllib.request
from pathlib import Path

from .tool import CHECKOUT

CONFIGURATION = """
daemon off; master_process off; worker_processes 1;
pid nginx.pid; error_log stderr warn;
events {{ worker_connections 4096; }}
http {{
    access_log off; default_type text/plain;
    client_body_temp_path t1; proxy_temp_path t2; fastcgi_temp_path t3; uwsgi_temp_path t4; scgi_temp_path t5;
    keepalive_requests 10000000; keepalive_timeout 300s;
    server {{
        listen 127.0.0.1:{port} backlog=1024;
        location = /k1 {{ return 200 "{body}"; }}
        location = /status {{ stub_status; }}
    }}
}}
"""
K1 = ("k" * 63 + "\n") * 16


def find():
    """The program's path, or None."""
    if named := os.environ.get("RUNNEL_NGINX"):
        return named
    unpacked = sorted((CHECKOUT / "build" / "servers").glob("**/sbin/nginx"))
    return str(unpacked[0]) if unpacked else shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")


def _free_port():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]


class Nginx:
    def __init__(self, program, directory):
        self.port = _free_port()
        self._errors = Path(directory) / "errors"
        configuration = Path(directory) / "nginx.conf"
        configuration.write_text(CONFIGURATION.format(port=self.port, body=K1), encoding="ascii")
        with self._errors.open("wb") as errors:
            argv = [program, "-p", str(directory), "-c", str(configuration), "-e", "stderr"]
            self._process = subprocess.Popen(argv, stderr=errors)
        self.pid = self._process.pid
        self._wait_until_it_answers()

    def url(self, path):
        return f"http://127.0.0.1:{self.port}{path}"

    def connections(self):
        """How many connections were accepted so far, the one that asks included."""
        with urllib.request.urlopen(self.url("/status"), timeout=10) as status:
            return int(status.read().split()[7])

    def close(self):
        self._process.terminate()
        self._process.wait(10)

    def _wait_until_it_answers(self):
        give_up = time.monotonic() + 10
        while time.monotonic() < give_up and self._process.poll() is None:
            try:
                return self.connections()
            except OSError:
                time.sleep(0.02)
        raise RuntimeError(f"nginx did not start: {self._errors.read_text()}")
