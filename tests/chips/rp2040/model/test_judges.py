#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The PIO model against others: against rp2040js' PIO with random programs, and against itself as
WebAssembly."""

import hashlib
import json
import os
import shutil
import subprocess
import unittest

SOURCE = os.environ["SOURCE_DIR"] + "/tests/chips/rp2040/model"
BUILD = os.environ["BUILD_DIR"] + "/tests/chips/rp2040/model"
WASM = f"{BUILD}/pio.wasm"


def run(*command, **options):
    return subprocess.run(command, capture_output=True, text=True, check=False, **options)


def install(source, build):
    """Installs npm's modules in the build tree, unless they are there already."""
    with open(f"{source}/package-lock.json", "rb") as lock:
        wanted = hashlib.sha256(lock.read()).hexdigest()
    stamp = f"{build}/installed"
    if os.path.exists(stamp):
        with open(stamp, encoding="ascii") as file:
            if file.read() == wanted:
                return
    os.makedirs(build, exist_ok=True)
    for name in "package.json", "package-lock.json":
        shutil.copy(f"{source}/{name}", build)
    done = run("npm", "ci", "--no-audit", "--no-fund", cwd=build)
    if done.returncode:
        raise AssertionError(done.stdout + done.stderr)
    with open(stamp, "w", encoding="ascii") as file:
        file.write(wanted)


class Rp2040js(unittest.TestCase):
    def test_random_programs(self):
        """rp2040js/compare.mjs says what is compared, and what is left out and why."""
        modules = f"{BUILD}/rp2040js"
        install(f"{SOURCE}/rp2040js", modules)
        done = run("node", f"{SOURCE}/rp2040js/compare.mjs", WASM, modules)
        self.assertEqual((done.returncode, done.stderr), (0, ""), done.stdout)
        counts = json.loads(done.stdout)
        self.assertEqual((counts["programs"], counts["cycles"]), (300, 60000))
        self.assertGreater(counts["stands"], 15000)
        self.assertLess(counts["skipped"], 100)


class WebAssembly(unittest.TestCase):
    def test_same_as_native(self):
        """Random programs, registers and pads: stepped natively, run in WebAssembly."""
        native = run(f"{BUILD}/pio_replay")
        wasm = run("node", f"{SOURCE}/wasm/replay.mjs", WASM)
        self.assertEqual((native.returncode, wasm.returncode, wasm.stderr), (0, 0, ""))
        self.assertEqual(native.stdout.splitlines(), wasm.stdout.splitlines())
        self.assertEqual(len(native.stdout.splitlines()), 200)

    def test_it_needs_nothing(self):
        """No import: it can be loaded anywhere."""
        done = run("node", "-e", f"console.log(WebAssembly.Module.imports(new WebAssembly.Module(require('fs').readFileSync('{WASM}'))).length)")
        self.assertEqual(done.stdout, "0\n", done.stderr)


if __name__ == "__main__":
    unittest.main()
