"""The fixtures of tests/e2e and tests/fault; tests/e2e/conftest.py lists them."""

import functools
import json
import os
import signal
import ssl

import pytest

from . import certificates, preload, real, tool, web as web_server
from .faults import BlackHole
from .nginx import FastNginx
from .pace import SLOW
from .server import Server


# A shell ignores these in what it runs in the background; the program would, too.
signal.signal(signal.SIGINT, signal.default_int_handler)
signal.signal(signal.SIGQUIT, signal.SIG_DFL)


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
def mock(tmp_path):
    sessions = []

    def start_mock(*args, routes=None, **options):
        """Serves routes, or the given arguments; the session's `url` is the printed address."""
        if routes is not None:
            file = tmp_path / f"routes{len(sessions)}.json"
            file.write_text(json.dumps(routes), encoding="utf-8")
            args = (*args, str(file))
        session = tool.Session([tool.binary(), "mock", *args], **options)
        sessions.append(session)
        session.url = session.line().decode().rstrip("\n")
        return session
    yield start_mock
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


@pytest.fixture
def black_hole():
    """A URL whose host does not answer the first packet."""
    hole = BlackHole()
    yield f"http://127.0.0.1:{hole.port}/"
    hole.close()


@pytest.fixture(scope="session")
def self_signed(tmp_path_factory):
    made = certificates.make(tmp_path_factory.mktemp("tls"), "127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(made.public, made.key)
    return context


@pytest.fixture
def secure_server(self_signed):
    scripted = Server(tls=self_signed)
    yield scripted
    scripted.close()


@pytest.fixture(scope="session")
def resolver(tmp_path_factory):
    return preload.environment(preload.build("slow_resolver.c", tmp_path_factory.mktemp("resolver")))


@pytest.fixture(scope="session")
def odd_disk(tmp_path_factory):
    return preload.environment(preload.build("odd_disk.c", tmp_path_factory.mktemp("disk")))


@pytest.fixture(scope="session")
def program():
    """The path of a server that scripts/test-servers provides. Without it the test is skipped, or fails if
    RUNNEL_REQUIRE_SERVERS is set."""
    def path_of(name):
        found = real.find(name)
        if not found and not os.environ.get("RUNNEL_REQUIRE_SERVERS"):
            pytest.skip(f"no {name}: run scripts/test-servers, or name one in RUNNEL_{name.upper()}")
        assert found, f"no {name}, and RUNNEL_REQUIRE_SERVERS says there has to be one"
        return found
    return path_of


@pytest.fixture(scope="session")
def real_server(program, tmp_path_factory):
    """Starts a server: real_server("nginx", FastNginx, …) finds the program and makes a directory for it."""
    running = []

    def start_server(name, kind, *arguments):
        running.append(kind(program(name), tmp_path_factory.mktemp(name), *arguments))
        return running[-1]
    yield start_server
    for server in running:
        server.close()


@pytest.fixture(scope="session")
def nginx(real_server):
    return real_server("nginx", FastNginx)


@pytest.fixture(scope="session")
def authority(tmp_path_factory):
    return certificates.Authority(tmp_path_factory.mktemp("certificates"))


@pytest.fixture(scope="session")
def web(real_server, authority):
    return real_server("nginx", web_server.Web, authority)


@pytest.fixture(scope="session")
def http2_server(real_server, authority, web):
    return real_server("nghttpd", real.Nghttpd, web.files, authority.server)


@pytest.fixture(scope="session")
def forward_proxy(real_server):
    return real_server("tinyproxy", real.Tinyproxy)


@pytest.fixture(scope="session")
def guarded_forward_proxy(real_server):
    return real_server("tinyproxy", real.Tinyproxy, real.PROXY_USER)


@pytest.fixture(scope="session")
def socks_proxy(real_server):
    return real_server("microsocks", real.Microsocks)


@pytest.fixture(scope="session")
def guarded_socks_proxy(real_server):
    return real_server("microsocks", real.Microsocks, real.PROXY_USER)
