"""The seeds of a property. Each is a case; a failure names those that have to be run again.

RUNNEL_SEED is the first seed, or `random`; RUNNEL_SEEDS is their number, by default 1 if RUNNEL_SEED is a number.
Without them the seeds are always the same, so that a run of all tests finds what the last one found."""

import os
import random
import threading
from concurrent.futures import ThreadPoolExecutor

from support.pace import count


def seeds(number):
    wanted = os.environ.get("RUNNEL_SEED", "")
    number = int(os.environ.get("RUNNEL_SEEDS") or (1 if wanted.isdigit() else count(number)))
    first = random.SystemRandom().randrange(1 << 32) if wanted == "random" else int(wanted or 1)
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
