"""A terminal to run the program on, and what it shows."""

import fcntl
import os
import pty
import struct
import termios
import threading

import pytest


class Terminal:
    """`descriptor` is the program's end; what is written to it is read continuously."""

    def __init__(self, columns=80):
        try:
            self._ours, self.descriptor = pty.openpty()
        except OSError as why:
            pytest.skip(f"no terminal can be had here: {why}")
        fcntl.ioctl(self.descriptor, termios.TIOCSWINSZ, struct.pack("HHHH", 25, columns, 0, 0))
        self._seen = bytearray()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self):
        try:
            while data := os.read(self._ours, 4096):
                self._seen += data
        except OSError:
            pass  # no process has the other end open

    def shown(self):
        """What was written so far."""
        return self._bytes_shown().decode()

    def _bytes_shown(self):
        """The terminal itself adds a CR to each newline, which is removed here."""
        return bytes(self._seen).replace(b"\r\n", b"\n")

    def close(self):
        """Returns everything that was written; every process with the terminal must have ended."""
        return self.close_for_bytes().decode()

    def close_for_bytes(self):
        """The same, undecoded."""
        os.close(self.descriptor)
        self._reader.join()
        os.close(self._ours)
        return self._bytes_shown()
