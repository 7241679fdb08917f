"""Response bodies: in pieces of odd sizes, in each framing of HTTP/1.1, compressed."""

import ctypes
import itertools
import zlib

SMALL_TO_LARGE = (1,) * 24 + (2, 3, 5, 7, 11, 13) * 3 + (101, 509, 1021, 1, 4093, 3, 8191, 16381) * 8


def pieces(body, sizes=SMALL_TO_LARGE):
    """The body in pieces of these sizes; the rest in large pieces."""
    at = 0
    for size in itertools.chain(sizes, itertools.repeat(32749)):
        if at >= len(body):
            return
        yield body[at:at + size]
        at += size


def _drip(talk, parts, send):
    for part in parts:
        send(part)
        if len(part) < 16:
            talk.pause(0.001)


def with_length(talk, parts):
    parts = list(parts)
    talk.head({"Content-Length": sum(map(len, parts))})
    _drip(talk, parts, talk.send)


def chunked(talk, parts):
    talk.head({"Transfer-Encoding": "chunked"})
    _drip(talk, parts, talk.chunk)
    talk.last_chunk()


def until_close(talk, parts):
    talk.head({"Connection": "close"})
    _drip(talk, parts, talk.send)


FRAMINGS = (with_length, chunked, until_close)


def in_pieces(*parts, framing=chunked):
    """A handler that sends exactly these pieces, each by itself."""
    def answer(talk):
        framing(talk, parts)
    return answer


def gzip(parts):
    packer = zlib.compressobj(9, wbits=31)
    return b"".join([packer.compress(part) for part in parts] + [packer.flush()])


def brotli(body, window=24):
    """With a window of 2 to the power of `window` bytes, by the library of Debian's libbrotli1."""
    library = ctypes.CDLL("libbrotlienc.so.1")
    size = ctypes.c_size_t(len(body) + 1000)
    packed = ctypes.create_string_buffer(size.value)
    assert library.BrotliEncoderCompress(1, window, 0, ctypes.c_size_t(len(body)), body, ctypes.byref(size), packed)
    return packed.raw[:size.value]


def gzipped(packed, **changed_headers):
    """A handler that answers with an already compressed body."""
    def answer(talk):
        talk.reply(packed, headers={"Content-Encoding": "gzip"} | changed_headers)
    return answer
