"""Redirects that are not followed."""

from faults import redirects
from faults.trial import Beside
from support.faults import never_ending, redirect
from support.pace import seconds


class TestFaults(Beside):
    FAULTS = redirects.FAULTS


def test_a_redirect_to_a_file_does_not_read_it(fetch, server):
    result = fetch(server.serve("/", redirect("file:///etc/passwd")))
    assert (result.status, result.stdout) == (1, b"")


def test_a_redirect_whose_body_never_ends_is_followed(fetch, server):
    good = server.serve("/good", b"good\n")
    moved = server.serve("/moved", never_ending(302, {"Location": good}))
    result = fetch("--json", moved, good)
    records = {record["input"]: record for record in result.records}
    assert (records[moved]["ok"], records[moved]["num_redirects"]) == (True, 1)
    assert records[good]["ok"]
    assert (len(result.records), result.status) == (2, 0)
    assert result.seconds < seconds(5)
