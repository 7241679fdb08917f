"""What stands between the tool and the system: see slow_resolver.c and odd_disk.c. Needs a C compiler."""

import os
import subprocess
from pathlib import Path


def build(source, directory):
    """The library made of one of the sources beside this file."""
    library = Path(directory) / Path(source).with_suffix(".so").name
    compiler = os.environ.get("CC", "cc")
    source = Path(__file__).with_name(source)
    subprocess.run([compiler, "-shared", "-fPIC", "-O1", "-Wall", "-o", library, source, "-ldl"], check=True)
    return library


def environment(library):
    """AddressSanitizer insists on being loaded first unless it is told not to."""
    options = [os.environ.get("ASAN_OPTIONS"), "verify_asan_link_order=0"]
    return {"LD_PRELOAD": str(library), "ASAN_OPTIONS": ":".join(option for option in options if option)}
