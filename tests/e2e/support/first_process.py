"""Process 1 of a namespace of its own, as in a container."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

AS_PID_1 = ["unshare", *([] if os.geteuid() == 0 else ["--user", "--map-root-user"]),
            "--pid", "--fork", "--kill-child", "--mount-proc"]

needs_namespaces = pytest.mark.skipif(
    not shutil.which("unshare") or subprocess.run([*AS_PID_1, "true"], capture_output=True, check=False).returncode != 0,
    reason="no process namespaces here")


def children(pid):
    """The children of a process: name, state and number of each."""
    found = []
    for stat_file in Path("/proc").glob("[0-9]*/stat"):
        try:
            name, _, rest = stat_file.read_text(encoding="utf-8").partition("(")[2].rpartition(")")
        except OSError:
            continue
        state, parent = rest.split()[:2]
        if int(parent) == pid:
            found.append((name, state, int(stat_file.parent.name)))
    return found
