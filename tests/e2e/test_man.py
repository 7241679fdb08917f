"""Help, manual pages and the tables of docs/cli.md come from one table of options."""

import json
import re
import shutil
import subprocess

import pytest

from support import tool

DOCS = tool.CHECKOUT / "docs"
COMMANDS = ("fetch", "race", "ip", "check", "batch", "mock")


def test_the_pages_and_tables_are_those_of_this_program(tmp_path):
    docs = tmp_path / "docs"
    (docs / "man").mkdir(parents=True)
    shutil.copy(DOCS / "cli.md", docs)
    subprocess.run([tool.CHECKOUT / "scripts" / "manual", tool.binary(), docs], check=True)
    assert {page.name for page in (DOCS / "man").iterdir()} == {page.name for page in (docs / "man").iterdir()}
    for made in [docs / "cli.md", *(docs / "man").iterdir()]:
        assert (DOCS / made.relative_to(docs)).read_text(encoding="utf-8") == made.read_text(encoding="utf-8"), \
            f"run scripts/manual build/runnel docs: {made.name} is not what the program says any more"


def test_help_and_page_of_a_command_have_every_option_of_the_table(runnel):
    lines = runnel("help", "--json").stdout.decode().splitlines()
    tables = {table["name"]: table["options"] for table in map(json.loads, lines)}
    assert set(tables) == set(COMMANDS)
    for command, options in tables.items():
        page = (DOCS / "man" / f"runnel-{command}.1").read_text(encoding="utf-8").replace("\\-", "-")
        text = runnel(command, "--help").stdout.decode()
        assert len(options) > 10
        for option in options:
            assert re.search(rf"^  {re.escape(option['names'].replace(',', ', '))}\b", text, re.M)
            for name in option["names"].split(","):
                assert f"\\fB{name}\\fR" in page


@pytest.mark.parametrize("arguments", [["--help"], *([command, "--help"] for command in COMMANDS)])
def test_help_begins_with_two_examples_and_fits_80_columns(runnel, arguments):
    lines = runnel(*arguments).stdout.decode().splitlines()
    assert [line for line in lines if len(line) > 80] == []
    examples = lines[lines.index("Examples:") + 1:]
    assert all(re.match(r"  \S", line) for line in examples[:4:2])
    assert all(re.match(r"      \S", line) for line in examples[1:4:2])
    assert examples[4] == ""


def test_the_page_of_fetch_explains_the_values():
    page = (DOCS / "man" / "runnel-fetch.1").read_text(encoding="utf-8")
    values = page.partition(".SH VALUES\n")[2].partition("\n.SH")[0]
    for value in ("D", "SIZE", "N", "RATE", "LIST"):
        assert f"\\fI{value}\\fR" in values
    for heading in ("EXAMPLES", "EXIT STATUS", "ENVIRONMENT", "FILES"):
        assert f"\n.SH {heading}\n.TP\n" in page


@pytest.mark.skipif(not shutil.which("groff"), reason="nothing here formats pages")
def test_the_pages_can_be_formatted_in_80_columns():
    for page in (DOCS / "man").iterdir():
        formatted = subprocess.run(["groff", "-man", "-ww", "-Tutf8", "-P-cbou", "-rLL=78n", page],
                                   capture_output=True, text=True)
        assert (formatted.returncode, formatted.stderr) == (0, ""), page.name
        assert [line for line in formatted.stdout.splitlines() if len(line) > 80] == [], page.name
