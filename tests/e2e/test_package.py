"""What `make install` installs, as seen by a program outside of this tree."""

import os
import re
import subprocess
from pathlib import Path

import pytest

from support import tool

CONSUMER = tool.CHECKOUT / "docs" / "examples" / "consumer"
BUILD = Path(tool.binary()).parent
SANITIZED = "RUNNEL_SANITIZE:STRING=\n" not in (BUILD / "CMakeCache.txt").read_text()
ROUTES = [{"path": "/a", "body": "hello\n"}, {"path": "/b", "status": 404}]


def call(*command, **options):
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True, check=False, **options)
    assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
    return done.stdout


@pytest.fixture(scope="module")
def prefix(tmp_path_factory):
    where = tmp_path_factory.mktemp("installed")
    call("cmake", "--install", BUILD, "--prefix", where)
    return where


def library(prefix, name):
    (found,) = prefix.glob(f"lib*/**/{name}")
    return found


def check_consumer(program, mock):
    session = mock(routes=ROUTES)
    urls = [session.url + "/a", session.url + "/b", "nonsense"]
    done = subprocess.run([program, *urls], capture_output=True, text=True, check=False, timeout=60,
                          env=tool.environment())
    first, second, third = done.stdout.splitlines()
    assert first == f"{urls[0]}: 200, 6 bytes"
    assert second == f"{urls[1]}: status 404"
    assert third.startswith("nonsense: ")
    assert (done.returncode, done.stderr) == (1, "")


def test_the_tool_runs_from_where_it_was_installed(prefix):
    assert call(prefix / "bin" / "runnel", "--version").startswith("runnel ")


def test_each_command_has_its_manual_page(prefix):
    pages = {page.name for page in (prefix / "share" / "man" / "man1").iterdir()}
    assert pages == {"runnel.1", *(f"runnel-{name}.1" for name in ("fetch", "race", "ip", "check", "batch", "mock"))}


def test_headers_name_each_other_as_users_do(prefix):
    headers = list((prefix / "include" / "runnel").rglob("*.hpp"))
    assert len(headers) > 50
    for header in headers:
        for name in re.findall(r'#include "([^"]+)"', header.read_text()):
            assert (prefix / "include" / name).exists(), f"{header} includes {name}"


@pytest.mark.skipif(SANITIZED, reason="a consumer would need the sanitizer as well")
def test_a_project_finds_the_package_by_cmake(prefix, tmp_path, mock):
    call("cmake", "-S", CONSUMER, "-B", tmp_path, "-G", "Ninja", f"-DCMAKE_PREFIX_PATH={prefix}")
    call("cmake", "--build", tmp_path)
    check_consumer(tmp_path / "consumer", mock)


@pytest.mark.skipif(SANITIZED, reason="a consumer would need the sanitizer as well")
def test_a_program_finds_the_library_by_pkg_config(prefix, tmp_path, mock):
    where = {"PKG_CONFIG_PATH": str(library(prefix, "runnel.pc").parent)}
    flags = call("pkg-config", "--cflags", "--libs", "runnel", env=os.environ | where).split()
    call("c++", "-Wall", "-Wextra", "-Werror", CONSUMER / "main.cpp", *flags, "-o", tmp_path / "consumer")
    check_consumer(tmp_path / "consumer", mock)


def test_installing_with_destdir_works(tmp_path):
    call("cmake", "--install", BUILD, "--prefix", "/usr", env=os.environ | {"DESTDIR": str(tmp_path)})
    assert (tmp_path / "usr" / "bin" / "runnel").exists()
    assert (tmp_path / "usr" / "include" / "runnel" / "async" / "task.hpp").exists()


@pytest.mark.skipif(SANITIZED, reason="make builds the optimised tool")
@pytest.mark.parametrize("name", ["PREFIX", "prefix"])
def test_make_install_respects_the_prefix(name, tmp_path):
    call("make", "-C", tool.CHECKOUT, "install", f"{name}={tmp_path}")
    assert call(tmp_path / "bin" / "runnel", "--version").startswith("runnel ")
    assert library(tmp_path, "librunnel.a").stat().st_size > 0
