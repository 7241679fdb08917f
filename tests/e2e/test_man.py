"""The manual pages match `--help`."""

import shutil
import subprocess

import pytest

from support import tool

PAGES = tool.CHECKOUT / "docs" / "man"


def test_the_pages_are_those_of_this_program(tmp_path):
    subprocess.run([tool.CHECKOUT / "scripts" / "man-pages", tool.binary(), tmp_path], check=True)
    made = {page.name: page.read_text(encoding="utf-8") for page in tmp_path.iterdir()}
    assert {page.name for page in PAGES.iterdir()} == set(made)
    for name, text in made.items():
        assert (PAGES / name).read_text(encoding="utf-8") == text, \
            f"run scripts/man-pages build/runnel docs/man: {name} is not what the program says any more"


def test_every_command_has_a_page_with_its_options(runnel):
    for command in ("fetch", "race", "ip", "check", "batch", "mock"):
        text = (PAGES / f"runnel-{command}.1").read_text(encoding="utf-8").replace("\\-", "-").replace("\\fR", "")
        for line in runnel(command, "--help").stdout.decode().splitlines():
            if line.startswith("  -"):
                for flag in line.split()[0].split(","):
                    assert f"\\fB{flag}" in text


@pytest.mark.skipif(not shutil.which("groff"), reason="nothing here formats pages")
def test_the_pages_can_be_formatted():
    for page in PAGES.iterdir():
        formatted = subprocess.run(["groff", "-man", "-ww", "-Tutf8", "-z", page], capture_output=True, text=True)
        assert (formatted.returncode, formatted.stderr) == (0, ""), page.name
