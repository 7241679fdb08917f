"""Bodies that are too large, that cannot be decoded, or that are not what an output format needs."""

import zlib

from support.bodies import gzip
from support.faults import BOMB, PACKED, TEXT, endless, head
from support.reply import brotli

from .fault import EXTRACT, LINES, SOON, Fault

LIMIT = ("--max-body", "1M")
# 48 MiB of lines of 1 KiB, as libbrotli packs them.
BROTLI_BOMB = bytes.fromhex(
    "cfffff7ff8a514f0f2b0c62a4b0010b826dc1bb7ecbeff4ff9ffff0fbf04401c1600e8deffe7ffff3f7e0980382c00d0bdff07")


def zstd_of_newlines(blocks, window=0x68):
    """A frame (RFC 8878) of blocks that each stand for 128 KiB; by default its window is the largest allowed, 8 MiB."""
    kinds = [2 | (128 << 10) << 3] * (blocks - 1) + [3 | (128 << 10) << 3]
    return b"\x28\xb5\x2f\xfd\0" + bytes([window]) + b"".join(kind.to_bytes(3, "little") + b"\n" for kind in kinds)


# Of a frame that decoders skip.
ZSTD_SKIPPED = b"\x50\x2a\x4d\x18\0\0\0\0"


def packed(body, coding="gzip"):
    return lambda places: places.http(lambda talk: talk.reply(body, headers={"Content-Encoding": coding}))


def plain(body):
    return lambda places: places.http(body)


def in_layers(body, layers):
    for _ in range(layers):
        body = gzip([body])
    return body


def without_end(head_lines, repeated):
    return lambda places: places.http(endless(head_lines, repeated))


def of_lines(name, errors, body, **more):
    return Fault(name, errors, plain(body), way=LINES, **more)


def extracted(errors, body, **more):
    return Fault("F21", errors, plain(body), way=EXTRACT, **more)


CODINGS = {
    "gzip bomb": Fault("F18", ("too_large",), packed(BOMB), LIMIT),
    "deflate bomb": Fault("F18", ("too_large",), packed(zlib.compress(b"x\n" * (24 << 20), 9), "deflate"), LIMIT),
    "brotli bomb": Fault("F18", ("too_large",), packed(BROTLI_BOMB, "br"), LIMIT, memory=64),
    "zstd bomb": Fault("F18", ("too_large",), packed(zstd_of_newlines(400), "zstd"), LIMIT, memory=64),
    "gzip bomb in five layers": Fault(
        "F18", ("too_large",), packed(in_layers(BOMB, 4), ", ".join(["gzip"] * 5)), LIMIT),
    "gzip bomb that is an error page": Fault("F18", ("http_status",), lambda places: places.http(
        lambda talk: talk.reply(BOMB, 500, {"Content-Encoding": "gzip"}))),
    "gzip in empty members without end": Fault("F18", ("timeout",), without_end(
        head("Content-Encoding: gzip", "Connection: close"), gzip([b""]) * 100), ("-m", SOON)),
    "zstd in skipped frames without end": Fault("F18", ("timeout",), without_end(
        head("Content-Encoding: zstd", "Connection: close"), ZSTD_SKIPPED * 100), ("-m", SOON)),
    "body over the limit": Fault("F18", ("too_large",), plain(TEXT * 200_000), LIMIT),
    "length over the limit": Fault("F18", ("too_large", "timeout"), lambda places: places.http(
        lambda talk: talk.head({"Content-Length": 1 << 40}) or talk.hang()), LIMIT + ("-m", SOON)),
    "endless body over the limit": Fault(
        "F18", ("too_large",), without_end(head("Connection: close"), b"line\n" * 4096), LIMIT),
    "six codings": Fault("F18", ("decode",), packed(in_layers(TEXT, 6), ", ".join(["gzip"] * 6))),
    "a hundred codings": Fault("F18", ("decode",), packed(PACKED, ", ".join(["gzip"] * 100))),
    "coding that is not known": Fault("F18", ("decode",), packed(TEXT, "odd")),
    "corrupt gzip": Fault("F18", ("decode",), packed(b"this is not gzip at all")),
    "corrupt deflate": Fault("F18", ("decode",), packed(b"\xff" * 50, "deflate")),
    "corrupt brotli": Fault("F18", ("decode",), packed(b"\xff" * 50, "br")),
    "corrupt zstd": Fault("F18", ("decode",), packed(b"\xff" * 50, "zstd")),
    "zstd with a window over the limit": Fault("F18", ("decode",), packed(zstd_of_newlines(1, 0x70), "zstd")),
    "gzip followed by other data": Fault("F18", ("decode",), packed(PACKED + b"more")),
    "deflate followed by other data": Fault("F18", ("decode",), packed(zlib.compress(TEXT) + b"more", "deflate")),
    "zstd followed by other data": Fault("F18", ("decode",), packed(zstd_of_newlines(1) + b"more.", "zstd")),
    "gzip with an impossible block": Fault("F18", ("decode",), packed(PACKED[:10] + b"\x07" + PACKED[11:])),
    "gzip with a wrong checksum": Fault("F18", ("decode",), packed(PACKED[:-8] + b"\0" * 8)),
    "gzip with a wrong size": Fault("F18", ("decode",), packed(PACKED[:-4] + b"\0" * 4)),
    "gzip cut short in a complete body": Fault("F18", ("decode", "truncated"), packed(PACKED[:-12])),
    "brotli cut short in a complete body": Fault("F18", ("decode", "truncated"), packed(brotli(TEXT)[:-4], "br")),
    "zstd cut short in a complete body": Fault(
        "F18", ("decode", "truncated"), packed(zstd_of_newlines(2)[:-2], "zstd")),
    "gzip of which one coding was not applied": Fault("F18", ("decode",), packed(PACKED, "gzip, gzip")),
}

LINE = {
    "line over the limit": of_lines("F19", ("too_large",), b"x" * (64 << 10) + b"x\n"),
    "line without end": Fault("F19", ("too_large",), without_end(head("Connection: close"), b"x" * 4096), way=LINES),
    "line of gigabytes": Fault(
        "F19", ("too_large",), packed(in_layers(gzip([b"\0" * (1 << 20)] * 256), 1), "gzip, gzip"), way=LINES),
    "carriage returns without end": Fault(
        "F19", ("too_large",), without_end(head("Connection: close"), b"\r" * 4096), way=LINES),
    "lines of odd bytes": of_lines(
        "F20", (None,), b"\xef\xbb\xbfBOM\r\nlone\rCR\nNUL\0\n\xff\xfe\xc3\n\xe2\x82\n" + bytes(range(256))),
    "a million empty lines": of_lines("F19", (None,), b"\n" * 1_000_000),
}

JSON = {
    "JSON 10 000 levels deep": extracted(("extract",), b'{"a":' + b"[" * 10_000 + b"]" * 10_000 + b"}"),
    "JSON a million levels deep": extracted(("extract",), b"[" * 1_000_000),
    "JSON objects a million levels deep": extracted(("extract",), b'{"a":' * 1_000_000),
    "JSON number over all numbers": extracted((None,), b'{"a":1e400}'),
    "JSON number of a million digits": extracted((None,), b'{"a":' + b"9" * 1_000_000 + b"}"),
    "JSON with a key twice": extracted((None,), b'{"a":1,"a":2}'),
    "JSON string of 8 MB": extracted((None,), b'{"a":"' + b"x" * 8_000_000 + b'"}', memory=80),
    "JSON followed by garbage": extracted(("extract",), b'{"a":1} garbage'),
    "JSON followed by JSON": extracted(("extract",), b'{"a":1}{"a":2}'),
    "JSON cut short": extracted(("extract",), b'{"a":1,'),
    "JSON string without end": extracted(("extract",), b'{"a":"' + b"x" * 1_000_000),
    "JSON of invalid UTF-8": extracted(("extract",), b'{"a":"\xff\xfe"}'),
    "JSON with half a character": extracted(("extract",), b'{"a":"\\ud800"}'),
    "JSON with a control character": extracted(("extract",), b'{"a":"x\ny"}'),
    "JSON with a NUL": extracted(("extract",), b'{"a":"x\0y"}'),
    "JSON that is HTML": extracted(("extract",), b"<html>hello</html>"),
    "JSON without the value": extracted(("extract",), b'{"b":1}'),
    "JSON without a byte": extracted(("extract",), b""),
    "JSON of blanks": extracted(("extract",), b" \r\n\t" * 1000),
    "JSON of only a byte-order mark": extracted(("extract",), b"\xef\xbb\xbf"),
    "JSON over the limit": Fault(
        "F18", ("too_large",), without_end(head("Connection: close"), b'{"a":1,' * 512), LIMIT, way=EXTRACT),
}

FAULTS = CODINGS | LINE | JSON
