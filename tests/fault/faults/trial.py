"""Runs faults beside good inputs, and checks what the table says about them."""

import re
from contextlib import contextmanager

import pytest

from support import records, tool
from support.pace import memory_limit, seconds

from .fault import LIMITS, SLOWNESS

FAILURE = re.compile(r"^runnel: (.*) \(stdin, line (\d+)\): (\w+): ", re.MULTILINE)


class Beside:
    """The tests of a table: each fault beside a good input."""

    FAULTS = {}

    def test_a_fault_has_its_class_and_the_input_beside_it_is_delivered(self, places, fault):
        if not fault.way.records:
            pytest.skip("the output of this row is not records")
        with running(places, fault.way, "--json", *fault.limits) as session:
            found, result = _records(session, fault.place(places), fault.way.good(places))
        assert found[1]["error"] in fault.errors, found[1]
        assert (found[1]["ok"], found[1]["state"]) == ((False, "failed") if found[1]["error"] else (True, "delivered"))
        assert bool(found[1]["errormsg"]) != found[1]["ok"]
        assert found[2]["ok"], found[2]
        _check_bounds(fault, result)

    def test_a_fault_prints_no_unfinished_line_and_is_reported_with_its_input(self, places, fault):
        bad, good = fault.place(places), fault.way.good(places)
        with running(places, fault.way, *fault.way.output, "--tag", *fault.limits) as session:
            session.say(good, bad)
            session.end_input()
            result = session.result()
        printed = [line.partition(b"\t") for line in result.lines]
        assert (good.encode(), b"\t", b"good\n") in printed
        assert b"thr\n" not in [text for _, _, text in printed]
        assert _reported(result.stderr).get(2) in fault.errors, result.stderr
        _check_bounds(fault, result)


@contextmanager
def running(places, way, *options):
    """A run of `fetch` with stdin open."""
    argv = [tool.binary(), "fetch", "--retry", "0", *way.options(places), *options]
    session = tool.Session(argv, env=way.environment(places))
    try:
        yield session
    finally:
        session.close()


def _records(session, *lines):
    """The records by line, and the result. The input ends after them, so that the memory is exact."""
    session.say(*lines)
    output = b"".join(session.line() for _ in lines)
    session.end_input()
    result = session.result()
    assert result.stdout == output
    return {record["line"]: record for record in result.records}, result


def _reported(log):
    return {int(line): error for _, line, error in FAILURE.findall(log)}


def _check_bounds(fault, result):
    assert result.status == (0 if fault.errors == (None,) else 1)
    assert result.seconds < seconds(fault.within)
    assert result.memory < memory_limit(fault.memory)


def all_at_once(places, way, faults):
    """One run with all these faults, each beside a good input, and with one set of limits."""
    limits = [word for option in LIMITS.items() for word in option]
    good = way.good(places)
    bad = [fault.place(places) for fault in faults]
    with running(places, way, "--json", "-j", "100", *limits) as session:
        found, result = _records(session, *[line for pair in zip(bad, [good] * len(bad)) for line in pair])
    for number, fault in enumerate(faults):
        slow = SLOWNESS if SLOWNESS & set(fault.errors) else set()
        assert found[2 * number + 1]["error"] in slow.union(fault.errors), found[2 * number + 1]
        assert found[2 * number + 2]["ok"], found[2 * number + 2]
    return result
