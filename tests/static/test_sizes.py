#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""Sizes that documents quote are those that scripts/size.sh measures.  usage: test_sizes.py [DOCUMENT_FOLDER]

They may differ by a fiftieth: compilers of one version differ a little, and not every byte is worth an edit.
"""

import os
import re
import subprocess
import sys
import tempfile

SOURCE = os.environ["SOURCE_DIR"]
OTHER_PINS = ("eic.c", "gpio.c")

problems = []


def measure():
    """{title of a table: {file: (text, RAM)}}"""
    with tempfile.TemporaryDirectory(prefix="i2ctarget-size-") as directory:
        done = subprocess.run([f"{SOURCE}/scripts/size.sh", directory], capture_output=True, text=True, check=True)
    tables, table = {}, None
    for line in done.stdout.splitlines():
        heading = re.match(r"  (\S.*?)  +text +data +bss", line)
        row = re.match(r"  (\w+\.c) +(\d+) +(\d+) +(\d+)", line)
        if heading:
            table = tables.setdefault(heading[1], {})
        elif row and table is not None:
            table[row[1]] = int(row[2]) + int(row[3]), int(row[3]) + int(row[4])
    return tables


def check(folder, path, pattern, *measured):
    """PATTERN finds the figures, one a group."""
    with open(os.path.join(folder, path), encoding="utf-8") as file:
        found = re.search(pattern, file.read())
    if not found:
        problems.append(f"{path} no longer says: {pattern}")
        return
    for said, size in zip(found.groups(), measured, strict=True):
        if abs(int(said) - size) > size // 50:
            problems.append(f"{path} says {said}, but it is {size}: {found[0]}")


def main():
    folder = sys.argv[1] if len(sys.argv) > 1 else SOURCE
    tables = measure()
    rp2040, samd5x, gpio = (tables[title] for title in ("port of the RP2040", "port of SAM D5x/E5x", "any two pins, for ports of chips"))
    sercoms = [size for name, size in samd5x.items() if name not in OTHER_PINS]
    others = [samd5x[name] for name in OTHER_PINS] + list(gpio.values())

    def text(sizes):
        return sum(size[0] for size in sizes)

    def ram(sizes):
        return sum(size[1] for size in sizes)

    check(folder, "ports/rp2040/README.md", r"(\d+) bytes at `-Os` \(`make size`\)", text(rp2040.values()))
    check(folder, "ports/samd5x/README.md", r"(\d+) bytes at `-Os` \(`make size`, without `eic.c` and `gpio.c`\)", text(sercoms))
    check(folder, "ports/samd5x/README.md", r"\| RAM \| (\d+) bytes", ram(sercoms))
    check(folder, "ports/samd5x/README.md", r"ports/gpio at `-Os`; RAM \| (\d+) bytes; (\d+) bytes", text(others), ram(others))
    check(folder, "docs/PORTING.md", r"code at `-O2`, RAM \| [\d.]+ KB, (\d+) bytes \| [\d.]+ KB, (\d+) bytes", ram(rp2040.values()), ram(sercoms))
    print("\n".join(problems) or "the sizes in the documents are right")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
