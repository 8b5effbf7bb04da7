#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""What docs/PORTING.md says in figures is true of this tree.  usage: test_porting.py [DOCUMENT]

Counts of lines and of tests are rounded in the document.  They may differ by a tenth, or by 5, from what is counted here.
"""

import glob
import os
import re
import subprocess
import sys

SOURCE = os.environ["SOURCE_DIR"]
BUILD = os.environ["BUILD_DIR"]
TOY = "tests/chips/toy"
# Where a chip may be named by the build outside of its own folder.
BUILD_FILES = ("CMakeLists.txt", ".cmake", "Makefile")
# On a chip these two stay NULL: events do not travel far there.
OPTIONAL_OPS = {"ahead", "claim"}
# For chips that have two ways to serve pins.
OPS_OF_SOME = {"choose"}

problems = []


def read(path):
    with open(os.path.join(SOURCE, path), encoding="utf-8") as file:
        return file.read()


def lines_of(path):
    return read(path).count("\n")


def tests_of_contract():
    listed = subprocess.run([f"{BUILD}/tests/contract/contract", "--list"], capture_output=True, text=True, check=True)
    return len(listed.stdout.split())


def ops():
    """Names of the functions in the table of port.h."""
    table = re.search(r"struct i2ctarget_port_ops \{(.*?)\n\};", read("include/i2ctarget/port.h"), re.DOTALL)[1]
    return set(re.findall(r"^    \w[\w *]*\(\*(\w+)\)\(", table, re.MULTILINE))


def is_about(said, counted):
    return abs(said - counted) <= max(5, counted // 10)


def is_exactly(said, counted):
    return said == counted


def check_figure(document, pattern, counted, agrees):
    """PATTERN finds the figure: it has one group."""
    found = re.search(pattern, document)
    if not found:
        problems.append(f"PORTING.md no longer says: {pattern}")
    elif not agrees(int(found[1]), counted):
        problems.append(f"PORTING.md says {found[0]!r}, but it is {counted}")


def check_toy(document):
    """Each file of the toy is in the table, and no other."""
    rows = dict(re.findall(rf"^\| \[[\w.]+\]\(\.\./{TOY}/([\w.]+)\) \| (\d+) \|", document, re.MULTILINE))
    files = {os.path.basename(path) for path in glob.glob(f"{SOURCE}/{TOY}/*")}
    for name in sorted(files ^ rows.keys()):
        problems.append(f"PORTING.md and {TOY} differ in a file: {name}")
    for name in sorted(files & rows.keys()):
        counted = lines_of(f"{TOY}/{name}")
        if not is_about(int(rows[name]), counted):
            problems.append(f"PORTING.md says {rows[name]} lines, but {TOY}/{name} has {counted}")


def mentions_of_toy():
    """Where the build names the toy outside of its folder."""
    for folder, folders, names in os.walk(SOURCE):
        folders[:] = [name for name in folders if name not in (".git", "build", "toy", "node_modules")]
        for name in names:
            if name.endswith(BUILD_FILES):
                path = os.path.relpath(os.path.join(folder, name), SOURCE)
                for line in read(path).splitlines():
                    if re.search(r"\btoy", line):
                        yield f"{path}: {line}"


def check_door():
    wanted = ["tests/chips/CMakeLists.txt: add_subdirectory(toy)"]
    found = list(mentions_of_toy())
    if found != wanted:
        problems.append(f"one line elsewhere makes the toy a part of the build, says PORTING.md; found: {found}")


def main():
    path = sys.argv[1] if len(sys.argv) > 1 else "docs/PORTING.md"
    document = read(path)
    names = ops()
    for name in sorted(OPS_OF_SOME - names):
        problems.append(f"port.h has no {name}")
    check_figure(document, r"(\d+) functions that every port fills in", len(names - OPTIONAL_OPS - OPS_OF_SOME), is_exactly)
    check_figure(document, r"(\d+) that a port on a chip leaves NULL", len(names & OPTIONAL_OPS), is_exactly)
    check_figure(document, r"about (\d+) tests", tests_of_contract(), is_about)
    check_figure(document, r"The toy's has about (\d+) lines", lines_of(f"{TOY}/rig.c"), is_about)
    check_figure(document, r"the RP2040's about (\d+)", lines_of("tests/chips/rp2040/rig.c"), is_about)
    check_toy(document)
    check_door()
    print("\n".join(problems) or "PORTING.md is right")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
