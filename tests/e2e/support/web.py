"""nginx with one example of each feature: the pages of tests/e2e/test_real_servers.py."""

import os
import socket
from pathlib import Path

from .nginx import Nginx
from .real import free_port

CODES = (301, 302, 303, 307, 308)
TEXT = "".join(f"line {number} of a text that can be packed\n" for number in range(200))
LARGE = "".join(f"{number} of a large file\n" for number in range(300_000))

# `echo` returns the request; `echo/body` and `echo/length` its body and length, which nginx reads to forward it.
SERVER = """
server {{
    listen 127.0.0.1:{port}; {ipv6} listen 127.0.0.1:{other}; listen unix:{directory}/socket;
    listen 127.0.0.1:{tls} ssl; listen 127.0.0.1:{http2} ssl http2;
    ssl_certificate {server.public}; ssl_certificate_key {server.key};
    ssl_client_certificate {ca}; ssl_verify_client optional;
    root {directory}/files;
    location /packed/ {{ alias {directory}/files/; gzip on; gzip_types *; gzip_min_length 1; }}
    location /locked/ {{ alias {directory}/files/; auth_basic "here"; auth_basic_user_file {directory}/passwords; }}
    location /certified/ {{ if ($ssl_client_verify != SUCCESS) {{ return 403; }} return 200 "$ssl_client_s_dn\\n"; }}
    location /brief/ {{ alias {directory}/files/; keepalive_timeout 0; }}
    location /echo {{
        return 200 "$request_method $request_uri $server_protocol\\n$scheme $http_host $server_addr\\n
accept=$http_accept range=$http_range x=$http_x_test cookie=$http_cookie referer=$http_referer
type=$content_type length=$content_length authorization=$http_authorization\\n";
    }}
    location /agent {{ return 200 "$http_user_agent\\n"; }}
    location /echo/body {{ proxy_pass http://127.0.0.1:{port}/passed_on; proxy_set_header X-Body "$request_body"; }}
    location /echo/length {{ proxy_pass http://127.0.0.1:{port}/passed_on; proxy_set_header X-Body $content_length; }}
    location /passed_on {{ return 200 "$request_method type=$content_type body=$http_x_body\\n"; }}
    location /status/404 {{ return 404; }}
    location /status/500 {{ return 500 "sorry\\n"; }}
    location /status/204 {{ return 204; }}
    location /moved/up {{ return 302 https://127.0.0.1:{tls}/echo; }}
    location /moved/down {{ return 302 http://127.0.0.1:{port}/echo; }}
    location /moved/away {{ return 307 http://127.0.0.1:{other}/echo; }}
    location /moved/nowhere {{ return 302 http://127.0.0.1:1/; }}
    location /moved/out {{ return 302 ftp://127.0.0.1/; }}
    location /moved/round {{ return 302 /moved/round; }}
    location /moved/locked {{ return 302 /locked/text; }}
    {moved}
}}
"""


def _has_ipv6():
    try:
        socket.create_server(("::1", 0), family=socket.AF_INET6).close()
    except OSError:
        return False
    return True


class Web(Nginx):
    """Listens on `socket` as well. The further ports are for TLS, for TLS with HTTP/2, and for another origin.
    `files` is the served directory."""

    def __init__(self, program, directory, authority):
        directory = Path(directory)
        self.files = directory / "files"
        self.files.mkdir()
        for name, text in {"text": TEXT, "large": LARGE, "empty": "", "one": "x\n"}.items():
            (self.files / name).write_text(text, encoding="ascii")
            os.utime(self.files / name, (1_000_000_000, 1_000_000_000))
        (directory / "passwords").write_text("user:{PLAIN}secret\n", encoding="ascii")
        port, self.tls, self.http2, self.other = (free_port() for _ in range(4))
        self.socket = directory / "socket"
        moved = [f"location = /moved/{code} {{ return {code} /echo; }}" for code in CODES]
        moved += [f"location = /moved/relative/{code} {{ absolute_redirect off; return {code} ../../echo?{code}; }}"
                  for code in CODES]
        moved += [f"location = /chain/{left} {{ return 302 /{f'chain/{left - 1}' if left else 'text'}; }}"
                  for left in range(12)]
        super().__init__(program, directory, port, SERVER.format(
            directory=directory, port=port, tls=self.tls, http2=self.http2, other=self.other,
            server=authority.server, ca=authority.own.public, moved="\n    ".join(moved),
            ipv6=f"listen [::1]:{port};" if _has_ipv6() else ""))
