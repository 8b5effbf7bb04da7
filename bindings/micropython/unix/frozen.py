#!/usr/bin/python3
# SPDX-License-Identifier: MIT
"""The Python files that MicroPython's unix port freezes.

    frozen.py DIRECTORY

fills DIRECTORY with links to them, with the table of boards as a Python file, and with manifest.py for FROZEN_MANIFEST.  Most are CPython's:
what they do with pins and boards is the same.
"""

import os
import sys

ROOT = os.path.normpath(os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../.."))
sys.path.insert(0, f"{ROOT}/boards")

import table  # noqa: E402

LINKS = {
    "i2ctarget/__init__.py": "bindings/micropython/unix/i2ctarget/__init__.py",
    "i2ctarget/_fallback.py": "bindings/micropython/unix/i2ctarget/_fallback.py",
    "i2ctarget/_boards.py": "bindings/python/i2ctarget/_boards.py",
    "i2ctarget/_pins.py": "bindings/python/i2ctarget/_pins.py",
    "i2ctarget/_chips.py": "boards/chips.py",
    "board.py": "bindings/python/i2ctarget/fallback/board/__init__.py",
    "microcontroller/__init__.py": "bindings/python/i2ctarget/fallback/microcontroller/__init__.py",
    "microcontroller/pin.py": "bindings/python/i2ctarget/fallback/microcontroller/pin.py",
}

MANIFEST = """\
# Made by bindings/micropython/unix/frozen.py; do not edit.
include("$(MPY_DIR)/extmod/asyncio")
package("i2ctarget")
package("microcontroller")
module("board.py")
"""

TABLE = '''\
# Made from the tables of boards/; do not edit.
"""The functions of boards/table.py, without csv and difflib."""

# Columns are separated by tabs.  A line a board: its id, its chip, SCL, SDA, and NAME=PIN for each name.
_BOARDS = """\\
{boards}
"""

# A line for each pin of a chip: the chip, the pin, what it serves, a note.
_CHIPS = """\\
{chips}
"""


def _lines(text):
    for line in text.strip("\\n").split("\\n"):
        yield line.split("\\t")


def rows():
    return [dict(board_id=board_id, mcu=mcu, scl=scl, sda=sda, named=named) for board_id, mcu, scl, sda, *named in _lines(_BOARDS)]


def names(row):
    return dict(entry.split("=", 1) for entry in row["named"])


def is_bus(pin):
    return pin.endswith(")")


def chip_pins(mcu):
    return [dict(pin=pin, serves=serves, note=note) for chip, pin, serves, note in _lines(_CHIPS) if chip == mcu]


def boards_with(name):
    return [row["board_id"] for row in rows() if name in names(row)]


def near(name, known):
    return [other for other in sorted(known) if name.lower() in other.lower()][:4]
'''


def board_line(row):
    names = [f"{name}={pin}" for name, pin in table.names(row).items()]
    return "\t".join([row["board_id"], row["mcu"], row["scl"], row["sda"], *names])


def chip_lines(mcu):
    return ["\t".join([mcu, entry["pin"], entry["serves"], entry["note"]]) for entry in table.chip_pins(mcu)]


def table_text():
    boards = {row["board_id"]: board_line(row) for row in table.rows()}
    chips = [line for mcu in sorted({row["mcu"] for row in table.rows()}) for line in chip_lines(mcu)]
    return TABLE.format(boards="\n".join(boards.values()), chips="\n".join(chips))


def write(path, text):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)


def main():
    directory = sys.argv[1]
    for name, source in LINKS.items():
        path = os.path.join(directory, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        if os.path.lexists(path):
            os.unlink(path)
        os.symlink(os.path.join(ROOT, source), path)
    write(f"{directory}/i2ctarget/_table.py", table_text())
    write(f"{directory}/manifest.py", MANIFEST)


if __name__ == "__main__":
    main()
