"""The commands of docs/seeds.md, with the routes of the gallery."""

import json
import re

import pytest

from support import tool

ROUTES = str(tool.CHECKOUT / "docs" / "examples" / "routes.json")


@pytest.fixture
def mocked(fetch):
    """`runnel fetch --mock ROUTES` of paths."""
    def run(*options, paths):
        return fetch("--mock", ROUTES, *options, *[f"https://example.org{path}" for path in paths])
    return run


def test_the_lines_of_a_body_that_comes_in_pieces(mocked):
    result = mocked(paths=["/lines"])
    assert (result.status, result.lines) == (0, [b"one line\n", b"\n", b"and a longer one\n",
                                                 b"the last, without an end\n"])


def test_the_user_of_a_mocked_answer(mocked):
    result = mocked("--extract", "/user", paths=["/user"])
    assert (result.status, result.stdout) == (0, b"Ada\n")


SLOWEST_FIRST = ["/after/300ms", "/after/200ms", "/after/100ms"]


@pytest.mark.parametrize("jobs, printed", [(1, b"300\n200\n100\n"), (9, b"100\n200\n300\n")])
def test_one_job_prints_in_the_order_of_the_urls_and_several_as_they_end(mocked, jobs, printed):
    result = mocked("-j", str(jobs), paths=SLOWEST_FIRST)
    assert (result.status, result.stdout) == (0, printed)


def test_several_jobs_print_in_the_order_of_the_urls_when_asked_to(mocked):
    result = mocked("-j", "9", "--keep-order", paths=SLOWEST_FIRST)
    assert (result.status, result.stdout) == (0, b"300\n200\n100\n")


def test_the_date_of_each_of_three_answers(mocked):
    result = mocked("--show-header", "Date", paths=["/date"] * 3)
    assert (result.status, len(result.lines)) == (0, 3)
    assert all(re.fullmatch(rb"\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT\n", line) for line in result.lines)


@pytest.mark.parametrize("jobs", [1, 10, 5])
def test_ten_quotes_some_at_a_time(mocked, tmp_path, jobs):
    stats = tmp_path / "stats.json"
    result = mocked("-j", str(jobs), "--stats", str(stats), "--extract", "/citation/citation", paths=["/quote"] * 10)
    assert (result.status, result.lines) == (0, [b"A whole clafoutis is not a slice of it.\n"] * 10)
    assert json.loads(stats.read_text(encoding="utf-8"))["peak_in_flight"] == jobs


def test_a_service_that_fails_is_reported_and_the_others_continue(mocked):
    result = mocked("--retry", "0", "--extract", "/ip", paths=["/ip/broken", "/ip/strange", "/ip/slow"])
    assert (result.status, result.stdout) == (1, b"203.0.113.7\n")
    assert re.search(r"/ip/broken: connect: ", result.stderr)
    assert re.search(r"/ip/strange: extract: ", result.stderr)
