# SPDX-License-Identifier: MIT
"""The command i2ctarget.  It is a program of its own; Python only starts it."""

import os
import shutil
import sys

PACKAGE = os.path.dirname(os.path.abspath(__file__))
# That of an installed package; that of the build tree whose module this is.
PLACES = (os.path.join(PACKAGE, "command", "i2ctarget"), os.path.join(PACKAGE, "..", "..", "i2ctarget"))


def find():
    """Its path.  FileNotFoundError: it is not installed."""
    for path in PLACES:
        if os.access(path, os.X_OK) and os.path.isfile(path):
            return os.path.normpath(path)
    path = shutil.which("i2ctarget")
    if path is None:
        raise FileNotFoundError("the command i2ctarget is not installed (Debian: apt install i2ctarget)")
    return path


def main():
    os.execv(PLACES[0], ["i2ctarget", *sys.argv[1:]])
