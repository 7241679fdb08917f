"""What a row of the table says."""

from dataclasses import dataclass

from support.pace import duration


@dataclass(frozen=True)
class Way:
    """How a run reaches its URLs, and what it prints. All rows of a way also run at once.

    `options` and `environment`: functions of the places. `good`: function of the places that returns a URL which
    succeeds and prints `good`. `records`: whether the output can be records; otherwise the classes are read from
    the log."""
    name: str
    options: callable = lambda places: ()
    environment: callable = lambda places: {}
    good: callable = lambda places: places.good()
    output: tuple = ()
    records: bool = True


DIRECT = Way("direct")
ADDRESSES = Way("addresses", lambda places: places.several().options)
RESOLVER = Way("names", environment=lambda places: places.resolver)


@dataclass(frozen=True)
class Fault:
    """A fault of a URL, or of the server behind it.

    `id`: its number in catalogue.py. `errors`: the classes that the input may have; None if it is delivered in
    spite of the fault. `place`: function of the places that makes the fault and returns the input. `limits`:
    options with limits of time and size. `within`: seconds until both inputs, the faulty and the good one, have
    their records. `memory`: peak resident memory of the program in MiB."""
    id: str
    errors: tuple
    place: callable
    limits: tuple = ()
    within: float = 3
    memory: int = 40
    way: Way = DIRECT


SOON = duration(0.3)
# The limits of a run with all the rows of a way.
LIMITS = {"--max-body": "1M", "--connect-timeout": duration(1), "--idle-timeout": duration(2.5), "-m": duration(5)}
SLOWNESS = {"idle", "timeout"}
