"""Runs with one journal, ended at random, over a list in random order: in the end every input is delivered, what the
journal lists as delivered was printed or written and is not requested again, and no URL takes the file of another one.
A seed is one journal."""

import fcntl
import os
import signal
import time
from collections import Counter
from pathlib import Path

from journalled import FORMS, World
from seeds import check, in_groups, seeds
from support import tool
from support.pace import seconds

SIGNALS = [signal.SIGKILL] * 3 + [signal.SIGTERM, signal.SIGINT]
STATUS_OF_SIGNAL = {signal.SIGKILL: {137}, signal.SIGTERM: {143}, signal.SIGINT: {130}}
MOST_RUNS = 40  # until all is delivered; the commands refuse some jobs, and servers fail at first


def wait_for_commands(form):
    """Those of a killed run go on. They hold the lock of the journal until they have begun, and write the files of
    their jobs, whose numbers are given out again."""
    if form.journal.exists():
        with open(form.journal, "rb") as journal:
            fcntl.flock(journal, fcntl.LOCK_EX)
    name, give_up = os.fsencode(form.folder), time.monotonic() + seconds(20)
    while any(name in command_line(process) for process in Path("/proc").glob("[0-9]*")):
        assert time.monotonic() < give_up, f"a command in {form.folder} does not end"
        time.sleep(0.005)


def command_line(process):
    try:
        return (process / "cmdline").read_bytes()
    except OSError:
        return b""  # it has ended


def run_once(form, run, inputs, resume, ending=None):
    """One run, which a signal may end. Returns its exit status, and checks what it has left behind."""
    file = form.folder / f"list{run}"
    file.write_text("".join(text + "\n" for text in inputs), encoding="utf-8")
    wait_for_commands(form)
    before = form.known(torn=True)
    argv = form.argv(run, file)
    at = argv.index("--journal")
    with open(form.output(run), "wb") as output, open(file, "rb") as stdin:
        session = tool.Session(argv[:at] + ["--resume"] * resume + argv[at:], stdin=stdin, stdout=output)
    try:
        if ending:
            strike(form, run, session, ending)
        result = session.result(120)
    finally:
        session.close()
    check_run(form, run, inputs, resume, before, result)
    expected = form.statuses | (STATUS_OF_SIGNAL[ending] if ending else set())
    assert result.status in expected, f"run {run} after {ending}: {result}"
    return result.status


def strike(form, run, session, ending):
    """Sends the signal when the run has got so far, or is over."""
    progress, delay = form.chance.randrange(1, 2 + len(form.inputs)), form.chance.choice((0, 0, 0.001, 0.01))
    give_up = time.monotonic() + seconds(20)
    while form.progress(run) < progress and session.process.poll() is None and time.monotonic() < give_up:
        time.sleep(0.001)
    time.sleep(delay)
    session.signal(ending)


def check_run(form, run, inputs, resume, before, result):
    killed = result.status == 137
    after, printed = form.known(torn=killed), form.printed(run)
    assert before <= after, f"run {run}: the journal has forgotten {before - after}"
    wanted = Counter(map(form.key_of, inputs))
    if resume:
        skipped = Counter(key for key, occurrence in before if occurrence <= wanted[key])
        again = form.world.requests[run] - (wanted - skipped)
        assert not again, f"run {run}: asked for although delivered: {again}"
        again = printed - (wanted - skipped)
        assert not again, f"run {run}: printed although delivered: {again}"
        fresh = Counter(key for key, _ in after - before)
        assert not fresh - printed, f"run {run}: delivered, but not printed: {fresh - printed}; {result}"
        if result.status in form.statuses:  # a signal may end an input whose lines have just been printed
            assert fresh == printed, f"run {run}: printed, but not delivered: {printed - fresh}; {result}"
    form.check_kept()


def holds(seed, folder, worlds, url):
    folder.mkdir()
    worlds[str(seed)] = world = World(seed)
    form = FORMS[seed % len(FORMS)](seed, folder, world, url)
    chance = form.chance
    run, total = 0, Counter()
    # `batch` writes many entries without --resume: so a later run finds a journal to make smaller.
    for _ in range(4 if form.to_be_compacted else 0):
        run += 1
        run_once(form, run, form.inputs, resume=False)
    for _ in range(chance.randrange(1, 5)):
        run += 1
        some = chance.sample(form.inputs, chance.randrange(1, len(form.inputs) + 1))
        run_once(form, run, some, resume=True, ending=chance.choice(SIGNALS))
    for _ in range(MOST_RUNS):
        run += 1
        if form.is_done(run_once(form, run, chance.sample(form.inputs, len(form.inputs)), resume=True), run):
            break
    else:
        raise AssertionError(f"not done after {run} runs")
    assert not form.undelivered(), f"never delivered: {form.undelivered()}"
    for number in range(1, run + 1):
        total += form.printed(number)
    lost = Counter(key for key, _ in form.known()) - total
    assert not lost, f"delivered, but never printed: {lost}"


def test_nothing_is_lost_and_nothing_delivered_twice_knowingly(server, tmp_path):
    worlds = {}
    server.serve_elsewhere(lambda talk: worlds[talk.request.path.split("/")[1]].answer(talk))
    check(in_groups(seeds(100), 1),
          lambda group: holds(group[0], tmp_path / str(group[0]), worlds, server.url("")))
