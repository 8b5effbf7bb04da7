#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""A test of i2ctarget.mpy on the emulated board, built before it: for seeded bugs (tests/mutants/run.py --rows).

    mutant_natmod.py TEST.py CLASS.TEST

Environment: SOURCE_DIR, BUILD_DIR (of the copy of the tree), DEBIAN13 (where MicroPython's source is), MICROPYTHON (where its unix port and
the stock firmware are built); these two are there for all copies.
"""

import os
import shutil
import subprocess
import sys

SOURCE, BUILD = os.environ["SOURCE_DIR"], os.environ["BUILD_DIR"]
DEBIAN13, MICROPYTHON = os.environ["DEBIAN13"], os.environ["MICROPYTHON"]
HERE = f"{SOURCE}/tests/chips/rp2040/micropython"
PACKAGE, IMAGE = f"{BUILD}/mpy", f"{BUILD}/rp2-natmod.uf2"


def build(*command):
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False, env=os.environ | {"JOBS": "1"})
    if done.returncode:
        sys.exit(f"AttributeError: it has no attribute that compiles\n{done.stdout[-2000:]}")


build(f"{SOURCE}/scripts/micropython_mpy.sh", PACKAGE, "raspberry_pi_pico")
shutil.rmtree(f"{BUILD}/rp2-natmod", ignore_errors=True)
build(f"{HERE}/install.py", f"{DEBIAN13}/micropython", f"{PACKAGE}/package.json", f"{BUILD}/rp2-natmod")
build(f"{HERE}/with_files.sh", f"{MICROPYTHON}/micropython", f"{MICROPYTHON}/rp2-stock/firmware.uf2", f"{BUILD}/rp2-natmod", IMAGE)
test, *names = sys.argv[1:]
os.execve(sys.executable, [sys.executable, f"{HERE}/{test}", *names], os.environ | {"FIRMWARE": IMAGE})
