"""The environment in which names under .test resolve, fail or hang: see slow_resolver.c."""

import os
import subprocess
from pathlib import Path

SOURCE = Path(__file__).with_name("slow_resolver.c")


def build(directory):
    library = Path(directory) / "slow_resolver.so"
    compiler = os.environ.get("CC", "cc")
    subprocess.run([compiler, "-shared", "-fPIC", "-O1", "-Wall", "-o", library, SOURCE, "-ldl"], check=True)
    return library


def environment(library):
    """AddressSanitizer insists on being loaded first unless it is told not to."""
    options = [os.environ.get("ASAN_OPTIONS"), "verify_asan_link_order=0"]
    return {"LD_PRELOAD": str(library), "ASAN_OPTIONS": ":".join(option for option in options if option)}
