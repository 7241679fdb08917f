"""README.md and docs/cli.md match the program: the recipes run, and the tables list every name."""

import json
import os
import re

import pytest

from support import records, tool

README = (tool.CHECKOUT / "README.md").read_text(encoding="utf-8")
CLI = (tool.CHECKOUT / "docs" / "cli.md").read_text(encoding="utf-8")
HOST = "https://example.org"
PAGES = {"/one": b"one\n", "/two": b"two\n", "/three": b"three\n", "/fruit": b"apple\npear\n"}

MARK = "<!-- run -->"
RECIPE = re.compile(rf"^{MARK}\n```sh\n(?P<script>.*?)^```\n\n```text\n(?P<shown>.*?)^```$", re.M | re.S)


def recipes():
    """Each script with the lines and the exit status that the README promises."""
    for found in RECIPE.finditer(README):
        lines = found["shown"].splitlines()
        status = re.fullmatch(r"exit status (\d+)", lines[-1]) if lines else None
        expected = lines[:-1] if status else lines
        line_number = README.count("\n", 0, found.start()) + 1
        yield pytest.param(found["script"], expected, int(status[1]) if status else 0, id=f"line {line_number}")


@pytest.fixture
def example(server):
    """The server that the README describes."""
    for path, body in PAGES.items():
        server.serve(path, body)
    server.serve("/item", lambda talk: talk.reply(f"item {talk.request.query}\n".encode()))
    server.serve("/user", b'{"user":"ada","roles":["admin","ops"]}')
    server.serve("/echo", lambda talk: talk.reply(talk.request.body))
    failures = iter([503, 503])
    server.serve("/flaky", lambda talk: talk.reply(b"well again\n", next(failures, 200)))
    server.serve("/slow", lambda talk: talk.hang())
    return server


@pytest.mark.parametrize("script, expected, status", recipes())
def test_a_recipe_does_what_the_readme_says(example, tmp_path, script, expected, status):
    here = example.url("")
    path = os.pathsep.join([os.path.dirname(tool.binary()), os.environ["PATH"]])
    script = script.replace(HOST, here)
    bash = ["env", "-C", str(tmp_path), "bash", "-o", "pipefail", "-c", script]
    result = tool.run(bash, timeout=60, env={"PATH": path})
    assert result.stdout.decode().replace(here, HOST).splitlines() == expected, result.stderr
    assert result.status == status, result.stderr


def test_every_marked_recipe_is_followed_by_what_it_shows():
    assert len(list(recipes())) == README.count(MARK) > 0


def table_after(heading, text):
    """The first column of the tables that follow a heading."""
    section = text.partition(f"\n{heading}\n")[2].partition("\n#")[0]
    tables = re.findall(r"^\|.*\n\|[-|]+\n((?:\|.*\n)+)", section + "\n", re.M)
    return [cell for table in tables for cell in re.findall(r"^\| `?([^|`]+?)`? \|", table, re.M)]


def test_every_option_is_described_and_no_other(runnel):
    options = r"(?<![\w-])--[a-z][a-z-]+|(?<![\w-])-[A-Za-z](?![\w-])"
    shown = set()
    for arguments in (["--help"], *([name, "--help"] for name in ("fetch", "race", "ip", "check", "batch", "mock"))):
        shown |= set(re.findall(options, runnel(*arguments).stdout.decode()))
    described = set(re.findall(options, " ".join(re.findall(r"^\| (`-.*?`) \|", CLI, re.M))))
    assert described == shown


def test_every_key_of_the_record_is_described():
    described = [key for cell in table_after("### Keys", CLI) for key in re.findall(r"\w+", cell)]
    assert sorted(described) == sorted(records.KEYS)


def test_every_class_of_failure_is_described():
    schema = json.loads(records.SCHEMA.read_text(encoding="utf-8"))
    classes = [name for name in schema["properties"]["error"]["enum"] if name]
    text = CLI.partition("\n### Classes of failure\n")[2].partition("\n## ")[0]
    assert not [name for name in classes if f"`{name}`" not in text]


def test_every_key_and_fault_of_a_route_is_described(runnel):
    reported = runnel("mock", "-", input=b'[{"path": "/", "bogus": 1}]').stderr
    assert sorted(table_after("### Routes", CLI)) == sorted(re.search(r"known: (.*)\)", reported)[1].split(", "))
    reported = runnel("mock", "-", input=b'[{"path": "/", "fault": "bogus"}]').stderr
    assert sorted(table_after("### Faults", CLI)) == sorted(re.search(r"must be (.*), not", reported)[1].replace(" or", ",").split(", "))


def test_the_routes_that_are_shown_can_be_served(mock, tmp_path):
    (tmp_path / "bodies").mkdir()
    (tmp_path / "bodies" / "page.html").write_text("<p>page</p>", encoding="utf-8")
    shown = re.search(r"^```json\n(.*?)^```$", CLI.partition("\n### Routes\n")[2], re.M | re.S)[1]
    assert mock(routes=json.loads(shown)).url.startswith("http://")


@pytest.mark.parametrize("text", [README, CLI], ids=["README.md", "docs/cli.md"])
def test_the_exit_statuses_are_those_of_the_source(text):
    source = (tool.CHECKOUT / "src" / "app" / "console" / "exit_status.hpp").read_text(encoding="utf-8")
    reported = {int(number) for cell in table_after("## Exit status", text) for number in re.findall(r"\d+", cell)}
    assert reported == {int(number) for number in re.findall(r"= (\d+),", source)}
