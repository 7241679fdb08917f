"""Bodies that are too large, or whose content coding is broken."""

from support.faults import BOMB, PACKED, TEXT, compressed

from .fault import Fault

LIMIT = ("--max-body", "1M")


def packed(body):
    return lambda places: places.http(compressed(body))


FAULTS = {
    "gzip bomb": Fault("F18", ("too_large",), packed(BOMB), LIMIT),
    "body over the limit": Fault("F18", ("too_large",), lambda places: places.http(TEXT * 200_000), LIMIT),
    "corrupt gzip": Fault("F18", ("decode",), packed(b"this is not gzip at all")),
    "gzip with an impossible block": Fault("F18", ("decode",), packed(PACKED[:10] + b"\x07" + PACKED[11:])),
    "gzip with a wrong checksum": Fault("F18", ("decode",), packed(PACKED[:-8] + b"\0" * 8)),
    "gzip cut short in a complete body": Fault("F18", ("decode", "truncated"), packed(PACKED[:-12])),
}
