#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""A test of MicroPython's firmware, which is built before it: for seeded bugs (tests/mutants/run.py --rows).

    mutant.py TEST.py CLASS.TEST

Environment: SOURCE_DIR, BUILD_DIR (of the copy of the tree), DEBIAN13 (where MicroPython's source is, for all copies).
"""

import os
import subprocess
import sys

SOURCE, BUILD = os.environ["SOURCE_DIR"], os.environ["BUILD_DIR"]
FIRMWARE, BOARD = f"{BUILD}/micropython-rp2", "raspberry_pi_pico"

done = subprocess.run([f"{SOURCE}/scripts/micropython_board.sh", FIRMWARE, BOARD, "--quiet"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                      text=True, check=False, env=os.environ | {"JOBS": "1"})
if done.returncode:
    sys.exit(f"AttributeError: it has no attribute that compiles\n{done.stdout[-2000:]}")
test, *words = sys.argv[1:]
os.execve(sys.executable, [sys.executable, f"{SOURCE}/tests/chips/rp2040/micropython/{test}", *words],
          os.environ | {"FIRMWARE": f"{FIRMWARE}/{BOARD}/micropython.uf2"})
