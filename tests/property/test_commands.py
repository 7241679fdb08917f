"""`runnel batch` with commands that misbehave: each line is accepted or a dead letter, and never both. A seed is one
run."""

import json
import random
import re
import signal
import time
from collections import Counter

import misbehaving as bad
from seeds import check, in_groups, seeds
from support import tool

LIMIT = "0.5s"  # of an attempt, where there is one; then a busy machine decides which attempts are too late
AT_A_TIME = 12  # runs: most of the time they wait for their commands


class Run:
    """The options of a run, and what it has left behind."""

    def __init__(self, seed, folder):
        self.chance = random.Random(f"command {seed}")
        self.folder = folder
        self.letters, self.journal, self.once = folder / "dead", folder / "journal", folder / "once"
        self.once.mkdir(parents=True)
        self.retries = self.chance.choice((0, 1, 1, 2))
        self.limited = self.chance.random() < 0.15
        self.options = ["-j", str(self.chance.choice((1, 2, 4))), "--batch-retries", str(self.retries), "--dead-letter",
                        str(self.letters), "--journal", str(self.journal)]
        if self.limited:
            self.options += ["--batch-max-time", LIMIT]
        if self.chance.random() < 0.2:
            self.options += [self.chance.choice(("-v", "-q"))]

    def go(self, options, command, lines, ending=None):
        file = self.folder / "lines"
        file.write_text("".join(line + "\n" for line in lines), encoding="ascii")
        with open(file, "rb") as stdin:
            argv = [tool.binary(), "batch", *self.options, *options, "--", "sh", "-c", *command]
            session = tool.Session(argv, stdin=stdin)
        try:
            if ending:
                time.sleep(self.chance.random() * 0.5)
                session.signal(ending)
            self.result = session.result(120)
        finally:
            session.close()
        self.dead, entries = self.read(self.letters), self.read(self.journal)
        self.delivered = Counter(entry["input"] for entry in entries if entry["delivered"])
        self.undelivered = Counter(entry["input"] for entry in entries if not entry["delivered"])
        return self.result

    def read(self, file):
        """The objects of a file, which a run that ended at its very start has not made."""
        assert file.exists() or self.result.status in (130, 143), self.result
        return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()] if file.exists() else []

    def dead_lines(self):
        return Counter(letter["line"] for letter in self.dead)


def fail(run, **facts):
    said = " ".join(f"{name}={value!r}" for name, value in facts.items()) + f"\n{run.result}\ndead: {run.dead}"
    return re.sub(r"~{9,}|(~\\\\n){9,}|e{9,}", "~…", said)


# Commands for batches

def accepted_jobs(run, lines, size):
    """The jobs whose output was printed, each one whole."""
    jobs, own = [], []
    for line in run.result.stdout.decode().splitlines():
        if line == "~":
            continue
        if line[0] not in "=-":
            own.append(line)
            continue
        mark, job, number = line.split()
        its_lines = lines[(int(job) - 1) * size:int(job) * size]
        assert len(its_lines) == int(number)
        assert own == (its_lines if mark == "=" else []), fail(run, job=job, printed=own)
        jobs.append(int(job))
        own = []
    assert not own, fail(run, left=own)
    assert len(set(jobs)) == len(jobs), fail(run, accepted=jobs)
    return set(jobs)


def batches_hold(run, seed):
    chance = run.chance
    behaviours = bad.random_behaviours(chance, run.limited)
    size = chance.choice((1, 3, 10))
    lines = [f"{seed} {n}" for n in range(chance.randrange(1, 6 * size))]
    ending = chance.choice((signal.SIGTERM, signal.SIGINT)) if chance.random() < 0.2 else None
    options = ["-n", str(size), "--grace", chance.choice(("50ms", "300ms", "10s"))]
    status = run.go(options, [bad.job_script(behaviours)], lines, ending).status
    jobs = accepted_jobs(run, lines, size)
    accepted = Counter(line for job in jobs for line in lines[(job - 1) * size:job * size])
    facts = {"behaviours": behaviours, "accepted": sorted(jobs), "size": size, "retries": run.retries}
    assert run.delivered == accepted, fail(run, **facts)
    assert run.undelivered == run.dead_lines(), fail(run, **facts)
    # After a signal the last lines were not read.
    accounted = accepted + run.dead_lines()
    was_ended = status in (130, 143)
    assert accounted == Counter(lines[:accounted.total()] if was_ended else lines), fail(run, **facts)
    if not was_ended:
        assert status == (123 if run.dead else 0), fail(run, **facts)
        if not run.limited:
            fates_hold(run, lines, size, behaviours, facts)


def fates_hold(run, lines, size, behaviours, facts):
    """Each batch is accepted, or dead after as many attempts, as its command behaves."""
    count = (len(lines) + size - 1) // size
    fates = {job: bad.fate_of_job(behaviours, job, run.retries) for job in range(1, count + 1)}
    jobs = set(facts["accepted"])
    assert jobs == {job for job, (name, _) in fates.items() if name in bad.ACCEPTED}, fail(run, **facts)
    dead = Counter((line, attempt) for job, (name, attempt) in fates.items() if name not in bad.ACCEPTED
                   for line in lines[(job - 1) * size:job * size])
    assert Counter((letter["line"], letter["attempts"]) for letter in run.dead) == dead, fail(run, **facts)
    assert all(letter["reason"] for letter in run.dead)


# Workers

def answered_lines(run, lines):
    """The lines by their answers. A long answer begins with many ~; text without a line end, which a worker printed
    before, cannot be told from the answer that follows it."""
    by_number = {line.split()[0]: line for line in lines}
    answers = Counter()
    for answer in run.result.stdout.decode().splitlines():
        word, number = answer.removeprefix("more").lstrip("~ ").split()
        assert word == "a" and number in by_number, fail(run, answer=answer[-100:])
        answers[by_number[number]] += 1
    return answers


def workers_hold(run, _):
    chance = run.chance
    miscounts = chance.random() < 0.2 and not run.limited
    lines = [f"{n} {word}" for n, word in enumerate(bad.random_words(chance, run.limited, miscounts))]
    status = run.go(["--coprocess"], [bad.worker_script(), "worker", str(run.once)], lines).status
    if miscounts and status != 0:
        assert status == 123 and run.result.stderr, fail(run, lines=lines)
        return
    answered, dead = answered_lines(run, lines), run.dead_lines()
    assert answered + dead == Counter(lines), fail(run, twice=answered + dead - Counter(lines),
                                                   lost=Counter(lines) - answered - dead)
    assert run.delivered == answered, fail(run, delivered=run.delivered, answered=answered)
    assert status == (123 if dead else 0), fail(run, lines=lines)
    if not miscounts and not run.limited:
        check_dead(run, {line: line.split()[1] for line in lines})


def check_dead(run, words):
    """Dead are the lines that no worker takes, and without retries those that met a worker which was about to end."""
    dead = {letter["line"]: letter["attempts"] for letter in run.dead}
    hopeless = {line for line, word in words.items() if word in bad.WORKER_FAILS or word in bad.WORKER_REJECTS}
    unlucky = {line for line, word in words.items() if run.retries == 0 and word.endswith("-once")}
    if bad.WORKER_LEAVES & set(words.values()):
        unlucky = set(words)
    assert hopeless <= set(dead) <= hopeless | unlucky, fail(run, dead=dead, hopeless=hopeless)
    for line, attempts in dead.items():
        fewest = 1 if words[line] in bad.WORKER_REJECTS else run.retries + 1
        assert fewest <= attempts <= run.retries + 1, fail(run, line=line, attempts=attempts)


def holds(seed, folder):
    (workers_hold if seed % 2 else batches_hold)(Run(seed, folder), seed)


def test_every_line_is_accepted_or_a_dead_letter(tmp_path):
    check(in_groups(seeds(100), 1), lambda group: holds(group[0], tmp_path / str(group[0])), AT_A_TIME)
