"""The vocabulary of these tests.

    fetch(*args, input=b"…")     runs `runnel fetch` to its end: status, stdout, stderr, records
    start(*args)                 starts `runnel fetch` and hands back the session to talk to
    runnel(*args)                runs any command;  shell(script, NAME=value) runs it in bash, as "$runnel"
    server, secure_server        scripted servers: server.serve("/path", body or function) gives the URL
    resolver                     the environment in which names ending in .test exist, fail or hang
    nginx                        a fast real server
"""

import functools
import os
import signal
import ssl
import subprocess

import pytest

from support import nginx as nginx_server
from support import resolver as test_names
from support import tool
from support.pace import SLOW
from support.server import Server


@pytest.fixture(autouse=True)
def patience():
    """A test that hangs fails, and the next one runs."""
    def give_up(*_):
        raise TimeoutError("the test hangs")
    signal.signal(signal.SIGALRM, give_up)
    signal.alarm(600 if SLOW else 150)
    yield
    signal.alarm(0)


@pytest.fixture
def runnel():
    def run(*args, **options):
        return tool.run([tool.binary(), *args], **options)
    return run


@pytest.fixture
def fetch(runnel):
    return functools.partial(runnel, "fetch")


@pytest.fixture
def start():
    sessions = []

    def start_session(*args, **options):
        sessions.append(tool.Session([tool.binary(), "fetch", *args], **options))
        return sessions[-1]
    yield start_session
    for session in sessions:
        session.close()


@pytest.fixture
def shell():
    def run(script, input=None, timeout=30, **variables):
        return tool.run(["bash", "-c", script], input, timeout, {"runnel": tool.binary()} | variables)
    return run


@pytest.fixture
def server():
    scripted = Server()
    yield scripted
    scripted.close()


@pytest.fixture(scope="session")
def self_signed(tmp_path_factory):
    directory = tmp_path_factory.mktemp("tls")
    certificate, key = directory / "certificate.pem", directory / "key.pem"
    subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=127.0.0.1",
                    "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", key, "-out", certificate],
                   check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    return context


@pytest.fixture
def secure_server(self_signed):
    scripted = Server(tls=self_signed)
    yield scripted
    scripted.close()


@pytest.fixture(scope="session")
def resolver(tmp_path_factory):
    return test_names.environment(test_names.build(tmp_path_factory.mktemp("resolver")))


@pytest.fixture(scope="session")
def nginx(tmp_path_factory):
    program = nginx_server.find()
    if not program and not os.environ.get("RUNNEL_REQUIRE_SERVERS"):
        pytest.skip("no nginx: run scripts/test-servers, or name one in RUNNEL_NGINX")
    assert program, "no nginx, and RUNNEL_REQUIRE_SERVERS says there has to be one"
    running = nginx_server.Nginx(program, tmp_path_factory.mktemp("nginx"))
    yield running
    running.close()
