"""Content codings: what is asked for, what is decoded, and what is kept as sent."""

import zlib

import pytest

from support.bodies import gzip

TEXT = b"zstd sample text\n" * 8
ZSTD = bytes.fromhex("28b52ffd2488c50000887a7374642073616d706c6520746578740a010029a57309d8208c8c")
GZIP = gzip([b"one\n", b"two\n"])


@pytest.fixture
def sends(server):
    """sends(body, coding, path, …) returns the URL of a response with this Content-Encoding."""
    def serve(body, coding, path="/", **headers):
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return server.serve(path, lambda talk: talk.reply(body, headers={"Content-Encoding": coding} | named))
    return serve


@pytest.mark.parametrize("body", [ZSTD, ZSTD + ZSTD], ids=["one frame", "two frames"])
def test_zstd_is_asked_for_and_decoded(fetch, server, sends, body):
    result = fetch(sends(body, "zstd"))
    assert (result.status, result.stdout) == (0, TEXT * (len(body) // len(ZSTD)))
    assert "zstd" in server.requests[0].headers["accept-encoding"]


CODINGS = ["gzip", "x-gzip", "deflate", "br", "zstd", "UTF-8", "aws-chunked", "binary", "gzip, made-up"]


@pytest.mark.parametrize("coding", CODINGS)
def test_without_compression_the_bytes_are_those_that_were_sent(fetch, server, sends, coding):
    body = GZIP + b"\0\xff not decoded"
    result = fetch("--no-compressed", "--raw", sends(body, coding))
    assert (result.status, result.stdout) == (0, body)
    assert "accept-encoding" not in server.requests[0].headers


@pytest.mark.parametrize("coding", ["UTF-8", "aws-chunked", "binary", "gzip, made-up"])
def test_an_unknown_coding_is_named_with_the_way_out(fetch, sends, coding):
    result = fetch("--json", "--retry", "0", sends(b"body", coding))
    record = result.record
    assert (record["error"], record["exitcode"]) == ("decode", 61)
    assert coding.split(", ")[-1].lower() in record["errormsg"] and "--no-compressed" in record["errormsg"]
    assert "invalid" not in result.stderr


@pytest.mark.parametrize("coding, body", [("gzip", GZIP), ("deflate", zlib.compress(b"one\ntwo\n")), ("zstd", ZSTD)],
                         ids=["gzip", "deflate", "zstd"])
def test_data_after_the_end_is_an_error(fetch, sends, coding, body):
    record = fetch("--json", "--retry", "0", sends(body + b"garbage", coding)).record
    assert record["error"] == "decode" and "data after the end" in record["errormsg"]
    assert fetch(sends(body, coding)).status == 0


ARCHIVES = {  # path, coding, headers
    "name": ("/x.tar.gz", "gzip", {}), "query": ("/x.tgz?a=b", "x-gzip", {}),
    "type": ("/x", "gzip", {"Content_Type": "application/gzip"}),
    "x-type": ("/x", "gzip", {"Content_Type": "application/x-gzip; a=b"}), "zstd": ("/x.tar.zst", "zstd", {}),
}


@pytest.mark.parametrize("which", ARCHIVES)
def test_a_compressed_file_is_kept_as_sent(fetch, server, sends, tmp_path, which):
    path, coding, headers = ARCHIVES[which]
    body = ZSTD if coding == "zstd" else GZIP
    url = sends(body, coding, path.split("?")[0], **headers)
    file = tmp_path / "file"
    assert fetch("-o", str(file), server.url(path)).status == 0
    assert file.read_bytes() == body
    assert fetch("--raw", url).stdout in (TEXT, b"one\ntwo\n")


def test_any_other_file_is_decoded(fetch, sends, tmp_path):
    file = tmp_path / "file"
    assert fetch("-o", str(file), sends(GZIP, "gzip", "/x.html", Content_Type="text/html")).status == 0
    assert file.read_bytes() == b"one\ntwo\n"
    assert fetch("-o", str(file), sends(GZIP, "gzip", "/x.tar.br")).status == 0
    assert file.read_bytes() == b"one\ntwo\n"
