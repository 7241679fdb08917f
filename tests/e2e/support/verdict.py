"""The results of the curl tool and runnel for a URL, in the same terms, for comparison."""

import json
import re
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

from . import tool
from .pace import seconds

TIMED_OUT = 28
# Without a time limit the comparison would wait for a server that waits as well.
PATIENCE = seconds(20)
CURL = ("-sSg", "-L", "--compressed", "--proto", "=http,https", "--max-redirs", "10", "-m", str(PATIENCE))
RUNNEL = ("--expect", "any", "--retry", "0", "-m", str(PATIENCE))


@dataclass(frozen=True)
class Verdict:
    """`failure` is curl's exit status or runnel's `exitcode` (its word where that is 0), None for a success. The
    rest is set for a success only: how far a failure gets depends on timing."""
    failure: object
    response_code: int = 0
    http_version: str = ""
    num_redirects: int = 0
    url_effective: str = ""
    content_type: str = None
    size_download: int = 0
    size_header: int = 0
    remote_ip: str = ""
    remote_port: int = 0
    body: bytes = b""


def _success(values, body):
    """From curl's %{json} or a record, which have the same names. curl shows a password where a record has ***, and
    neither if a redirect added the user."""
    url = re.sub("^(https?://)[^/@]*@", r"\1", values["url_effective"], flags=re.IGNORECASE)
    reported = {name: values[name] for name in Verdict.__dataclass_fields__ if name in values}
    # A socket of the file system has no port: runnel and curl 7.88 say null, curl 8 says 0.
    port = reported["remote_port"] or 0
    return Verdict(failure=None, body=_in_lines(body), **reported | {"url_effective": url, "remote_port": port})


def _in_lines(body):
    return body if body.endswith(b"\n") or not body else body + b"\n"


def by_curl(url, *options, env=None):
    with tempfile.TemporaryDirectory() as directory:
        body = Path(directory) / "body"
        argv = ["curl", *CURL, *options, "-o", body, "-w", "%{json}", url]
        done = subprocess.run(argv, capture_output=True, check=False, env=tool.environment(env))
        assert done.returncode != TIMED_OUT, f"curl came to no end: {argv}"
        if done.returncode:
            return Verdict(failure=done.returncode)
        # With -I the headers replace the body.
        has_body = body.exists() and "-I" not in options
        return _success(json.loads(done.stdout), body.read_bytes() if has_body else b"")


def by_runnel(urls, *options, env=None):
    """Fetches all of them in one run; returns the verdicts by URL."""
    records = _run("--json", *options, urls=urls, env=env).records
    bodies = _bodies(urls, *options, env=env)
    return {record["input"]: _success(record, bodies.get(record["input"], b"")) if record["ok"]
            else Verdict(failure=record["exitcode"] or record["error"]) for record in records}


def _bodies(urls, *options, env=None):
    bodies = {}
    for line in _run("--tag", *options, urls=urls, env=env).lines:
        url, _, text = line.partition(b"\t")
        bodies.setdefault(url.decode(), []).append(text)
    return {url: b"".join(texts) for url, texts in bodies.items()}


def _run(*options, urls, env):
    argv = [tool.binary(), "fetch", *RUNNEL, *options]
    return tool.run(argv, "\n".join(urls).encode(), timeout=2 * PATIENCE, env=env)
