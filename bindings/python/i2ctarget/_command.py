# SPDX-License-Identifier: MIT
"""The command i2ctarget of an installed package.  It is a program of its own; Python only starts it."""

import os
import sys


def main():
    command = os.path.join(os.path.dirname(os.path.abspath(__file__)), "command", "i2ctarget")
    os.execv(command, ["i2ctarget", *sys.argv[1:]])
