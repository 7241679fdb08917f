"""The seeds of a property. Each is a case; a failure names those that have to be run again.

RUNNEL_SEED is the first seed (random by default), RUNNEL_SEEDS their number: by default that of the test, and 1 if
RUNNEL_SEED is given."""

import os
import random
import threading
from concurrent.futures import ThreadPoolExecutor

from support.pace import count


def seeds(number):
    first = os.environ.get("RUNNEL_SEED")
    number = int(os.environ.get("RUNNEL_SEEDS") or (1 if first else count(number)))
    first = int(first) if first else random.SystemRandom().randrange(1 << 32)
    return range(first, first + number)


def in_groups(all_seeds, size):
    return [all_seeds[begin:begin + size] for begin in range(0, len(all_seeds), size)]


def check(cases, holds, at_a_time=4):
    """Calls holds(seeds) for each group of seeds, some at a time. After a failure no other group is begun."""
    threading.stack_size(16 << 20)  # Python reads nested JSON by recursion
    failed = []

    def run(group):
        if failed:
            return
        try:
            holds(group)
        except Exception as failure:  # reported with its seeds
            failed.append((group, failure))

    with ThreadPoolExecutor(at_a_time) as pool:
        list(pool.map(run, cases))
    for group, failure in failed[:1]:
        again = f"RUNNEL_SEED={group[0]} RUNNEL_SEEDS={len(group)}"
        raise AssertionError(f"{again}: {failure}") from failure
