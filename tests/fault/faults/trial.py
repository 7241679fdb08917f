"""Runs faults beside good inputs, and checks what the table says about them."""

import functools
import re
import threading
from contextlib import contextmanager

import pytest

from support import cell, tool
from support.pace import memory_limit, seconds

from .fault import LATENESS

FAILURE = re.compile(r"^runnel: (.*) \(stdin, line (\d+)\): (\w+): ", re.MULTILINE)

_missing = functools.cache(cell.missing)


class Beside:
    """The tests of a table: each fault beside a good input."""

    FAULTS = {}

    def test_a_fault_has_its_class_and_the_input_beside_it_is_delivered(self, places, fault):
        if not fault.way.records:
            pytest.skip("the output of this row is not records")
        with running(places, fault.way, "--json", *fault.limits) as session:
            found, result = _records(session, fault.place(places), fault.way.good(places))
        assert found[1]["error"] in fault.errors_here, found[1]
        assert (found[1]["ok"], found[1]["state"]) == ((False, "failed") if found[1]["error"] else (True, "delivered"))
        assert bool(found[1]["errormsg"]) != found[1]["ok"]
        assert (found[1]["remote_ip"] is None) == (found[1]["remote_port"] is None)
        assert found[2]["ok"], found[2]
        _check_end(fault, found[1]["error"], result)

    def test_a_fault_prints_no_unfinished_line_and_is_reported_with_its_input(self, places, fault):
        with running(places, fault.way, *fault.way.output, "--tag", *fault.limits) as session:
            bad, good = fault.place(places), fault.way.good(places)
            session.say(good, bad)
            session.end_input()
            result = session.result()
        printed = [line.partition(b"\t") for line in result.lines]
        assert (good.encode(), b"\t", b"good\n") in printed
        error = _reported(result.stderr).get(2)
        assert error in fault.errors_here, result.stderr
        assert error is None or b"thr\n" not in [text for _, _, text in printed]
        _check_end(fault, error, result)


@contextmanager
def running(places, way, *options):
    """A run of `fetch` with stdin open."""
    if way.in_cell and _missing():
        pytest.skip(_missing())
    argv = [tool.binary(), "fetch", "--retry", "0", *way.options(places), *options]
    argv = places.cell.entered(argv) if way.in_cell else argv
    session = tool.Session(argv, env=way.environment(places))
    try:
        yield session
    finally:
        session.close()


def _records(session, *lines):
    """The records by line, and the result. The input ends after them, so that the memory is exact."""
    writer = threading.Thread(target=session.say, args=lines)
    writer.start()
    output = b"".join(session.line(60) for _ in lines)
    writer.join()
    session.end_input()
    result = session.result()
    assert result.stdout == output
    return {record["line"]: record for record in result.records}, result


def _reported(log):
    return {int(line): error for _, line, error in FAILURE.findall(log)}


def _check_end(fault, error, result):
    assert result.status == (1 if error else 0)
    assert result.seconds < seconds(fault.within)
    assert result.memory < memory_limit(fault.memory)


def all_at_once(places, way, faults):
    """One run with all these faults, by name, each beside a good input, and with one set of limits."""
    output = ("--json",) if way.records else (*way.output, "--tag")
    with running(places, way, *output, "-j", "30", *way.limits) as session:
        good = way.good(places)
        lines = [line for fault in faults.values() for line in (fault.place(places), good)]
        if way.records:
            found, result = _records(session, *lines)
            errors = {line: record["error"] for line, record in found.items()}
        else:
            session.feed("".join(line + "\n" for line in lines).encode())
            result = session.result()
            errors = _reported(result.stderr)
            assert result.lines.count(f"{good}\tgood\n".encode()) == len(faults)
    wrong = {}
    for number, (name, fault) in enumerate(faults.items()):
        bad, good = errors.get(2 * number + 1), errors.get(2 * number + 2)
        if bad not in _at_once(fault.errors_here) or good is not None:
            wrong[name] = bad, good
    assert not wrong, "\n".join(f"{name}: {found}" for name, found in wrong.items())
    return result


def _at_once(errors):
    """Classes in a run with much to do: another limit may come first, and a reset before what had arrived is read."""
    late = LATENESS if LATENESS & set(errors) else set()
    return late.union(errors, {"connect"} if "truncated" in errors else ())
