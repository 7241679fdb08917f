"""nginx with one worker: with given blocks, and as a fast server for many requests."""

import urllib.request
from pathlib import Path

from .real import RealServer, free_port

CONFIGURATION = """
daemon off; master_process off; worker_processes 1;
pid nginx.pid; error_log stderr warn;
events {{ worker_connections 4096; }}
http {{
    access_log off; default_type text/plain;
    client_body_temp_path t1; proxy_temp_path t2; fastcgi_temp_path t3; uwsgi_temp_path t4; scgi_temp_path t5;
    keepalive_requests 10000000; keepalive_timeout 300s;
    {servers}
}}
"""
FAST = """
server {{
    listen 127.0.0.1:{port} backlog=1024;
    location = /k1 {{ return 200 "{body}"; }}
    location = /status {{ stub_status; }}
}}
"""
K1 = ("k" * 63 + "\n") * 16


class Nginx(RealServer):
    """Serves these `server` blocks, one of which must listen on the port."""

    def __init__(self, program, directory, port, servers):
        configuration = Path(directory) / "nginx.conf"
        configuration.write_text(CONFIGURATION.format(servers=servers), encoding="utf-8")
        super().__init__([program, "-p", str(directory), "-c", str(configuration), "-e", "stderr"], directory, port)


class FastNginx(Nginx):
    def __init__(self, program, directory):
        port = free_port()
        super().__init__(program, directory, port, FAST.format(port=port, body=K1))

    def connections(self):
        """The number of accepted connections, including the one that asks."""
        with urllib.request.urlopen(self.url("/status"), timeout=10) as status:
            return int(status.read().split()[7])
