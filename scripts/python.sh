#!/bin/sh
# SPDX-License-Identifier: MIT
# Finds a CPython of 3.11 or later that has Python.h.  Prints two lines: its path, and the folder of Python.h.  Exit status 1: there is none.
# Environment: PYTHON, the one to take.
set -u

look='
import os, sys, sysconfig
folder = sysconfig.get_path("include")
if sys.implementation.name != "cpython" or sys.version_info < (3, 11) or not os.path.exists(f"{folder}/Python.h"):
    sys.exit(1)
print(sys.executable, folder, sep="\n")
'

# Debian first: its modules (smbus2, pip) are what most people have.
for python in ${PYTHON:-/usr/bin/python3 python3 python3.11 python3.12 python3.13 python3.14}; do
    "$python" -I -c "$look" 2>/dev/null && exit 0
done
exit 1
