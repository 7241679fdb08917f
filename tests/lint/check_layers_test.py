"""What the check of the layout rules rejects and accepts."""

import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[2] / "scripts" / "lint" / "check_layers.py"


@pytest.fixture
def check(tmp_path):
    """Writes files (path under src/ -> text) and returns the problems found."""

    def run(files):
        for name, text in files.items():
            file = tmp_path / "src" / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text)
        done = subprocess.run(
            [sys.executable, SCRIPT, tmp_path], capture_output=True, text=True, timeout=30
        )
        assert done.stderr == ""
        assert done.returncode == (1 if done.stdout else 0)
        return done.stdout.splitlines()

    return run


HEADERS = {
    "base/result.hpp": "",
    "async/task.hpp": "",
    "io/loop.hpp": "",
    "http/client.hpp": "",
    "http/transfer.hpp": "",
    "http/curl_client.hpp": "",
    "json/pointer.hpp": "",
    "app/console/log.hpp": "",
    "app/fetch/fetch_run.hpp": "",
    "app/main_command.hpp": "",
}


@pytest.mark.parametrize(
    "file, include",
    [
        ("async/x.cpp", '"base/result.hpp"'),
        ("http/x.cpp", '"io/loop.hpp"'),
        ("http/x.cpp", '"http/transfer.hpp"'),
        ("pipeline/x.cpp", '"http/client.hpp"'),
        ("app/x.cpp", '"http/curl_client.hpp"'),
        ("main.cpp", '"app/main_command.hpp"'),
        ("app/fetch/x.cpp", '"app/console/log.hpp"'),
        ("app/x.cpp", '"app/fetch/fetch_run.hpp"'),
        ("app/console/x.cpp", "<spdlog/spdlog.h>"),
        ("io/x.cpp", "<uv.h>"),
        ("http/x.cpp", "<curl/curl.h>"),
        ("json/x.cpp", "<rapidjson/reader.h>"),
        ("base/x.cpp", "<fmt/format.h>"),
        ("base/x.cpp", "<unistd.h>"),
    ],
)
def test_lets_through_an_include(check, file, include):
    assert check({**HEADERS, file: f"#include {include}\n"}) == []


@pytest.mark.parametrize(
    "file, include, complaint",
    [
        ("base/x.cpp", '"async/task.hpp"', "base may not include async"),
        ("json/x.cpp", '"async/task.hpp"', "json may not include async"),
        ("io/x.cpp", '"http/client.hpp"', "io may not include http"),
        ("pipeline/x.cpp", '"io/loop.hpp"', "pipeline may not include io"),
        ("pipeline/x.cpp", '"http/transfer.hpp"', '"http/transfer.hpp" is private to http/'),
        ("pipeline/x.cpp", '"http/curl_client.hpp"', '"http/curl_client.hpp" is private to http/'),
        ("main.cpp", '"io/loop.hpp"', "main may not include io"),
        ("http/x.cpp", "<uv.h>", "<uv.h> belongs in io/ only"),
        ("app/x.cpp", "<curl/curl.h>", "<curl/curl.h> belongs in http/ only"),
        ("pipeline/x.cpp", "<simdjson.h>", "<simdjson.h> belongs in json/ only"),
        ("io/x.cpp", "<spdlog/spdlog.h>", "<spdlog/spdlog.h> belongs in app/console/ only"),
        ("app/fetch/x.cpp", "<CLI/CLI.hpp>", "<CLI/CLI.hpp> belongs in app/cli/ only"),
        ("app/console/x.cpp", '"app/fetch/fetch_run.hpp"', "app/console may not include app/fetch"),
        ("app/console/x.cpp", '"app/main_command.hpp"', "app/console may not include app"),
        ("main.cpp", '"app/console/log.hpp"', "main may not include app/console"),
        ("base/x.cpp", '"result.hpp"', "is not a file under src/"),
    ],
)
def test_refuses_an_include(check, file, include, complaint):
    (line,) = check({**HEADERS, file: f"// a comment\n#include {include}\n"})
    assert line.startswith(f"src/{file}:2: ")
    assert complaint in line


@pytest.mark.parametrize(
    "code",
    [
        "std::thread(work).detach();",
        "void f() { try { g(); } catch (...) { } }",
        "auto* loop = uv_default_loop();",
        "class PoolManager;",
        "namespace runnel::utils {}",
    ],
)
def test_refuses_what_is_never_wanted(check, code):
    assert len(check({"io/x.cpp": code})) == 1
    assert check({"io/x.cpp": f"// {code}\n/* {code} */\n"}) == []


def test_only_the_resolver_may_detach(check):
    assert check({"http/resolver_threads.cpp": "void f() { pthread_detach(thread); }\n"}) == []
    assert check({"http/resolver.cpp": "void f() { pthread_detach(thread); }\n"}) != []


@pytest.mark.parametrize("name", ["utils.hpp", "string_utils.cpp", "helpers/x.hpp", "common.hpp"])
def test_refuses_names_that_say_nothing(check, name):
    assert len(check({f"base/{name}": ""})) == 1


@pytest.mark.parametrize("name, limit", [("io/x.hpp", 250), ("io/x.cpp", 400), ("main.cpp", 40)])
def test_limits_the_length_of_a_file(check, name, limit):
    assert check({name: "\n" * limit}) == []
    (line,) = check({name: "\n" * (limit + 1)})
    assert f"the limit is {limit}" in line


def test_an_unknown_folder_must_be_put_in_the_table(check):
    (line,) = check({"stuff/x.cpp": ""})
    assert "stuff is not a layer" in line


def test_limits_the_number_of_files_in_a_folder(check):
    forty = {f"app/run/f{i}.hpp": "" for i in range(40)}
    assert check(forty) == []
    (line,) = check({"app/run/one_more.hpp": ""})
    assert line == "src/app/run: 41 files; the limit is 40"
    assert check({f"http/f{i}.hpp": "" for i in range(60)}) == [line]
