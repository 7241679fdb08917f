"""Libraries preloaded between the program and the system: see slow_resolver.c and odd_disk.c. Needs a C compiler."""

import os
import subprocess
from pathlib import Path


def build(source, directory):
    """The library built from one of the sources beside this file."""
    library = Path(directory) / Path(source).with_suffix(".so").name
    compiler = os.environ.get("CC", "cc")
    source = Path(__file__).with_name(source)
    subprocess.run([compiler, "-shared", "-fPIC", "-O1", "-Wall", "-o", library, source, "-ldl"], check=True)
    return library


def environment(library):
    """AddressSanitizer requires to be loaded first unless this is switched off."""
    options = [os.environ.get("ASAN_OPTIONS"), "verify_asan_link_order=0"]
    return {"LD_PRELOAD": str(library), "ASAN_OPTIONS": ":".join(option for option in options if option)}
