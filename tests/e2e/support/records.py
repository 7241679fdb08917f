"""The record: one JSON object per input, as docs/record.schema.json specifies."""

import functools
import json
from pathlib import Path

from jsonschema.validators import validator_for

SCHEMA = Path(__file__).resolve().parents[3] / "docs" / "record.schema.json"

KEYS = frozenset("""
    type input file_in line id extra ts ok state error errormsg exitcode method url url_effective response_code
    http_version content_type size_download size_header num_redirects attempts hedged not_modified remote_ip
    remote_port time_namelookup time_connect time_appconnect time_pretransfer time_starttransfer time_redirect
    time_total time_queue file
""".split())

BODIES = frozenset({"response_body", "response_body_b64"})

FULLY_VALIDATED = 500


@functools.cache
def _validator():
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    validator = validator_for(schema)
    validator.check_schema(schema)
    return validator(schema)


def parse(output, optional=frozenset()):
    """Reads every line as a record with exactly the known keys, and possibly the optional ones; validates a sample
    against the schema as well."""
    assert output == b"" or output.endswith(b"\n"), f"the last record is cut: {output[-200:]!r}"
    records = [json.loads(line) for line in output.splitlines()]
    for record in records:
        assert set(record) - optional == KEYS, f"keys differ: {sorted(set(record) ^ KEYS)}"
    for record in records[::max(1, len(records) // FULLY_VALIDATED)]:
        _validator().validate(record)
    return records
