"""Commands of `runnel batch` that misbehave, and what has to become of their lines.

Each command is a shell script that is told how to behave: a job by its number and attempt, a worker by the line
itself. So the fate of every line is known beforehand."""

# How an attempt behaves → the script. What ends with 0 prints its lines and then `= JOB NUMBER`, the number of its
# lines, or `- JOB NUMBER` without them.
END = 'echo "= $RUNNEL_JOB_ID $RUNNEL_JOB_LINES"'
QUIET_END = 'echo "- $RUNNEL_JOB_ID $RUNNEL_JOB_LINES"'
ACCEPTED = {
    "ok": f"cat; {END}",
    "slow": f"sleep 0.05; cat; {END}",
    "skip": f"exec <&-; {QUIET_END}",
    "reads some": f"head -n 1 >/dev/null; {QUIET_END}",
    "floods stdout": f"cat; {END}; yes '~' | head -n 60000",
    "floods stderr": f"head -c 100000 /dev/zero | tr '\\0' e >&2; cat; {END}",
    "closes stdout": f"cat; {END}; exec >&-; sleep 0.05",
    "closes stderr": f"exec 2>&-; cat; {END}",
    "leaves a child": f"cat; {END}; sleep 1.2 &",
    "leaves a quiet child": f"cat; {END}; sleep 1 >/dev/null 2>&1 &",
    "has a child that prints": f"cat; {END}; (sleep 0.1; echo '~') &",
    "is stopped and continued": f"(for n in 1 2 3 4 5 6 7 8 9; do sleep 0.1; kill -CONT $$; done) >/dev/null 2>&1 & "
                                f"cat; {END}; kill -STOP $$",
}
FAILED = {
    "fails": "cat; exit 1",
    "fails at once": "exit 3",
    "fails in mid-line": "head -c 3; exit 126",
    "fails without stdout": "exec >&-; cat >/dev/null; exit 127",
    "fails after a flood": "yes '~' | head -n 60000; exit 255",
    "is killed": "cat; kill -KILL $$",
    "dies of a signal": "cat; kill -SEGV $$",
    "ends itself": "cat; kill -TERM $$",
    "fails and leaves a child": "cat; sleep 1.2 & exit 2",
}
TOO_LATE = {
    "hangs": "cat; exec sleep 30",
    "is stopped": "cat; kill -STOP $$",
    "ignores the end": "trap '' TERM; sleep 30 & wait; wait",
}
REJECTED = {"rejects": "cat; exit 65", "rejects at once": "exec <&-; exit 65"}
NOT_NOW = {"not now": "cat; exit 75"}
SCRIPTS = ACCEPTED | FAILED | TOO_LATE | REJECTED | NOT_NOW


def job_script(behaviours):
    """A script that behaves in the way that job and attempt select from the list."""
    cases = " ".join(f"{number}) {SCRIPTS[name]} ;;" for number, name in enumerate(behaviours))
    return f"case $(( (RUNNEL_JOB_ID * 7 + RUNNEL_JOB_ATTEMPT * 13) % {len(behaviours)} )) in {cases} esac"


def fate_of_job(behaviours, job, retries):
    """How the last attempt behaves, and its number."""
    attempt, failures = 0, 0
    while True:
        attempt += 1
        name = behaviours[(job * 7 + attempt * 13) % len(behaviours)]
        if name in NOT_NOW:
            continue
        failures += name in FAILED or name in TOO_LATE
        if name in ACCEPTED or name in REJECTED or failures > retries:
            return name, attempt


def random_behaviours(chance, limited):
    """At least one accepts. With a limit of time one is too late."""
    kinds = [ACCEPTED] * 5 + [FAILED] * 4 + [REJECTED, NOT_NOW]
    names = [chance.choice(list(chance.choice(kinds))) for _ in range(chance.choice((2, 3, 5, 8)))]
    if limited:
        names[0] = chance.choice(list(TOO_LATE))
    names[chance.randrange(1, len(names))] = chance.choice(list(ACCEPTED))
    return names


# Lines for a worker: `NUMBER WORD`, and the answer is `a NUMBER`. What is done once is answered when the line comes
# again.

ANSWER = 'echo "a $n"'
ONCE = 'if mkdir "$1/$n" 2>/dev/null; then %s; fi; ' + ANSWER
WORKER_ACCEPTS = {
    "ok": ANSWER,
    "slow": f"sleep 0.02; {ANSWER}",
    "floods-stderr": f"head -c 100000 /dev/zero | tr '\\0' e >&2; {ANSWER}",
    "long": f"printf '%0100000d ' 0 | tr 0 '~'; {ANSWER}",
    "in-pieces": f"printf 'a '; sleep 0.01; echo $n",
    "last": f"{ANSWER}; exit 0",
    "closes-stdin": f"{ANSWER}; exec <&-",
    "has-a-quiet-child": f"{ANSWER}; sleep 1 >/dev/null 2>&1 &",
    "fails-once": ONCE % "exit 1",
    "is-killed-once": ONCE % "kill -KILL $$",
    "half-an-answer-once": ONCE % 'printf "a $n"; exit 0',
    "closes-stdout-once": ONCE % "exec >&-; sleep 0.05; exit 0",
    "leaves-a-child-once": ONCE % "sleep 1.2 & exit 1",
    "not-now-once": ONCE % "exit 75",
}
WORKER_FAILS = {"dies": "exit 3", "kills-itself": "kill -KILL $$", "ends-quietly": "exit 0"}
WORKER_REJECTS = {"rejects": "exit 65"}
WORKER_IS_LATE = {"is-stopped-once": ONCE % "kill -STOP $$", "hangs-once": ONCE % "exec sleep 30"}
# These shift the answers that follow, which is found at the end at the latest.
WORKER_MISCOUNTS = {"answers-twice": f"{ANSWER}; {ANSWER}", "answers-too-much": f"{ANSWER}; printf more",
                    "answers-later": f"{ANSWER}; (sleep 0.02; echo '~ extra') &"}
# A line that is sent to a worker at that moment has lost an attempt.
WORKER_LEAVES = {"last", "closes-stdin"}
WORKER_WORDS = WORKER_ACCEPTS | WORKER_FAILS | WORKER_REJECTS | WORKER_IS_LATE | WORKER_MISCOUNTS


def worker_script():
    cases = " ".join(f"{name}) {script} ;;" for name, script in WORKER_WORDS.items())
    return f'while read -r n word; do case $word in {cases} esac; done'


def random_words(chance, limited, miscounts):
    """A word for each line. The first is answered, because workers that never answer end the run."""
    ordinary, odd = [["ok"]], [WORKER_ACCEPTS, WORKER_ACCEPTS, WORKER_FAILS, WORKER_REJECTS]
    if miscounts:  # and none that ends its worker, with which a shift would end unseen
        odd = [WORKER_MISCOUNTS, ["slow", "in-pieces", "floods-stderr"]]
    share = chance.choice((0.05, 0.2, 0.6))
    words = [chance.choice(list(chance.choice(odd if chance.random() < share else ordinary)))
             for _ in range(chance.choice((2, 8, 20)))]
    if limited:
        words[0] = chance.choice(list(WORKER_IS_LATE))
    return ["ok", *words]
