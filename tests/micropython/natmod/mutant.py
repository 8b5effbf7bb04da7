#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""A test of the loaded module, which is built before it: for seeded bugs (tests/mutants/run.py --rows).

    mutant.py TEST.py CLASS.TEST

Environment: SOURCE_DIR, BUILD_DIR (of the copy of the tree), DEBIAN13 (where MicroPython's source is, for all copies).
"""

import os
import subprocess
import sys

SOURCE, BUILD = os.environ["SOURCE_DIR"], os.environ["BUILD_DIR"]
UNIX = f"{BUILD}/micropython"


def build(*command):
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False, env=os.environ | {"JOBS": "1"})
    if done.returncode:
        sys.exit(f"AttributeError: it has no attribute that compiles\n{done.stdout[-2000:]}")


build(f"{SOURCE}/scripts/micropython.sh", UNIX)
build(f"{SOURCE}/tests/micropython/natmod/package.sh", f"{os.environ['DEBIAN13']}/micropython", f"{UNIX}/frozen", f"{UNIX}/mpy-x64")
os.execve(sys.executable, [sys.executable, f"{SOURCE}/tests/micropython/run.py", *sys.argv[1:]],
          os.environ | {"MICROPYTHON": f"{UNIX}/micropython", "I2CTARGET_MPY": f"{UNIX}/mpy-x64"})
