"""Counts and times, adjusted to builds that are much slower (RUNNEL_SLOW: the sanitizers)."""

import os

SLOW = os.environ.get("RUNNEL_SLOW", "0") not in ("", "0")
FACTOR = 10 if SLOW else 1


def seconds(limit):
    """A time limit, longer for a slow build."""
    return limit * FACTOR


def count(number):
    """A count, smaller for a slow build."""
    return max(1, number // FACTOR)


def duration(value):
    """A timeout as an option value, which a slow build does not reach by itself."""
    return f"{round(value * 1000 * (4 if SLOW else 1))}ms"


def memory_limit(megabytes):
    """Bytes of resident memory; a sanitizer's shadow and quarantine do not belong to the program."""
    return (megabytes + (4096 if SLOW else 0)) * 1024 * 1024
