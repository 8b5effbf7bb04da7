# SPDX-License-Identifier: MIT
"""Boards whose images a core of our own executes (emulate.c)."""

import concurrent.futures
import json
import os
import subprocess


def program(chip):
    folder = "esp32" if chip.startswith("esp32") else chip
    return f"{os.environ['BUILD_DIR']}/tests/chips/{folder}/emulator/emulate_{chip}"


def probe(chip, image, scl, sda, hz=100000, watches=False):
    """What probe.c reports of an image; one that watches does not sleep while it waits."""
    command = [program(chip), image, scl, sda, f"--hz={hz}"] + ["--watches"] * watches
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    return json.loads(done.stdout) if done.stdout else {"error": done.stderr}


def probe_all(chip, boards, hz=100000):
    """boards: name → (image, SCL, SDA).  name → report."""
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        reports = {board: pool.submit(probe, chip, *words, hz) for board, words in boards.items()}
        return {board: report.result() for board, report in reports.items()}


def assert_edges(test, seen, said):
    """The longest of each kind of edges.c is what a README says: the estimates of compilers and boards differ by a tenth."""
    for kind, cycles in said.items():
        longest, mean = seen["edges"][kind]
        test.assertTrue(0 < mean <= longest)
        test.assertLess(abs(longest - cycles), cycles / 10, kind)
