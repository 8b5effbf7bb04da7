# SPDX-License-Identifier: MIT
"""Programs that run firmware in the emulator."""

import os
import subprocess
import sys

ROOT = os.environ["SOURCE_DIR"]
SOURCE = ROOT + "/tests/chips/rp2040/emulator"
BUILD = os.environ["BUILD_DIR"] + "/emulator"

sys.path.insert(0, ROOT + "/tests/firmware")  # the module images


def make():
    done = subprocess.run([ROOT + "/scripts/emulator.sh", BUILD], capture_output=True, text=True, check=False)
    if done.returncode:
        raise AssertionError(done.stdout + done.stderr)


def environment():
    return dict(os.environ, NODE_PATH=f"{BUILD}/node_modules", MACHINE=f"{BUILD}/machine.wasm")


def node(program, *words, timeout=240):
    """Run a program of this folder to its end.  Returns its standard output."""
    make()
    done = subprocess.run(["node", f"{SOURCE}/{program}", *words], capture_output=True, text=True, timeout=timeout, env=environment(),
                          check=False)
    if done.returncode:
        raise AssertionError(f"{program} {' '.join(words)}:\n{done.stdout}{done.stderr}")
    return done.stdout
