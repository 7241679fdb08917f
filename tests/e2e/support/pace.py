"""Counts and times, adjusted to builds that are many times slower (RUNNEL_SLOW: the sanitizers)."""

import os

SLOW = os.environ.get("RUNNEL_SLOW", "0") not in ("", "0")
FACTOR = 10 if SLOW else 1


def seconds(limit):
    """A time limit that leaves a slow build its time."""
    return limit * FACTOR


def count(number):
    """How many of something: fewer for a slow build."""
    return max(1, number // FACTOR)


def duration(value):
    """An option value: a timeout that a slow build does not run into by itself."""
    return f"{round(value * 1000 * (4 if SLOW else 1))}ms"


def memory_limit(megabytes):
    """Bytes of resident memory; a sanitizer's shadow and quarantine are not the tool's."""
    return (megabytes + (640 if SLOW else 0)) * 1024 * 1024
